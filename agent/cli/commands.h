/* commands: one const struct a command, each in the file of its name. */
#ifndef ZHUCUN_AGENT_CLI_COMMANDS_H
#define ZHUCUN_AGENT_CLI_COMMANDS_H

#include "cli.h"

extern const struct cli_command enrol_command, add_command, set_command, delete_command, show_command, list_command,
    visit_command, import_command, export_command, sync_command, status_command, inbox_command, conflicts_command, verify_command,
    doctor_command, backup_command, check_command, version_command, help_command;

#endif
