/* codes: the code book. Numbers are never reused; the Chinese term is the official one. */
#ifndef ZHUCUN_CORE_SCHEMA_CODES_H
#define ZHUCUN_CORE_SCHEMA_CODES_H

#include "zhucun/schema.h"

extern const struct schema_codes codes_region_level, codes_worker_role, codes_household_kind, codes_monitor_class,
    codes_monitor_status, codes_cleared_way, codes_relation, codes_sex, codes_education, codes_school_state,
    codes_health, codes_labour, codes_insurance, codes_member_event, codes_job_place, codes_income_band,
    codes_assignment_role, codes_visit_mode, codes_safeguard, codes_need, codes_risk_kind, codes_risk_state,
    codes_clue_kind, codes_decision, codes_measure_category, codes_order_kind, codes_order_state, codes_file_type,
    codes_notice_kind, codes_merge_reason, codes_ruling, codes_said;

#endif
