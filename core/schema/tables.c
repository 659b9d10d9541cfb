/* tables: THE table of tables. Adding a column is one line here, with a number that was never used in its
 * table and `since` = SCHEMA_VERSION of the release that brings it.
 *
 * A line reads: number, name, type, policy, flags, since, Chinese label, English label.
 * Where a row lives (its place in scopes): where the row named by the column flagged PARENT lives; if that is empty
 * or there is none, the column flagged PLACE. */
#include "zhucun/schema.h"

#include "codes.h"

enum {
    T_REGION = 1, T_WORKER, T_HOUSEHOLD, T_MEMBER, T_JOB, T_ASSIGNMENT, T_VISIT, T_RISK, T_CLUE, T_MEASURE,
    T_INCOME_SHEET, T_ORDER, T_ORDER_REPLY, T_INDICATOR, T_ATTACHMENT, T_MEMBER_EVENT, T_NOTICE
};

#define REQ      COLUMN_REQUIRED
#define KEY      COLUMN_KEY
#define PLACE    COLUMN_PLACE
#define PARENT   COLUMN_PARENT
#define PERSONAL COLUMN_PERSONAL
#define TITLE    COLUMN_TITLE
#define MERGED   COLUMN_MERGED

#define TEXT(n)  TYPE_TEXT, n, NULL, 0
#define INT      TYPE_INT, 0, NULL, 0
#define BOOL     TYPE_BOOL, 0, NULL, 0
#define DATE     TYPE_DATE, 0, NULL, 0
#define MINUTE   TYPE_MINUTE, 0, NULL, 0
#define MONEY    TYPE_MONEY, 0, NULL, 0
#define REGION   TYPE_REGION, 0, NULL, 0
#define HASH     TYPE_HASH, 0, NULL, 0
#define CODE(l)  TYPE_CODE, 0, &codes_##l, 0
#define SET(l)   TYPE_SET, 0, &codes_##l, 0
#define REF(t)   TYPE_REF, 0, NULL, t
#define REFS(t)  TYPE_REFSET, 0, NULL, t

#define APPEND   POLICY_APPEND, 0
#define LATEST   POLICY_LATEST, 0
#define ADDWINS  POLICY_SET, 0
#define STICKY   POLICY_STICKY, 0
#define ATOMIC   POLICY_ATOMIC, 0
#define ISSUER   POLICY_ORDER, 0
#define COUNTY   POLICY_AUTHORITY, LEVEL_COUNTY
#define TOWNSHIP POLICY_AUTHORITY, LEVEL_TOWNSHIP
#define CITY     POLICY_AUTHORITY, LEVEL_CITY

static const struct schema_column region_columns[] = {
    {1, "code", REGION, COUNTY, REQ | KEY | PLACE | TITLE, 1, "区划代码", "region code"},
    {2, "name", TEXT(60), COUNTY, REQ | TITLE, 1, "名称", "name"},
    {3, "level", CODE(region_level), COUNTY, REQ | TITLE, 1, "级别", "level"},
    {4, "parent", REGION, COUNTY, 0, 1, "上级代码", "parent code"},
    {5, "merged_into", REGION, COUNTY, MERGED | TITLE, 2, "并入区划", "merged into"},
};

static const struct schema_column worker_columns[] = {
    {1, "no", TEXT(20), COUNTY, REQ | KEY | TITLE, 1, "工号", "worker number"},
    {2, "name", TEXT(40), COUNTY, REQ | TITLE, 1, "姓名", "name"},
    {3, "role", CODE(worker_role), COUNTY, REQ | TITLE, 1, "职务", "role"},
    {4, "unit", TEXT(80), COUNTY, 0, 1, "派出单位", "unit"},
    {5, "phone", TEXT(20), LATEST, PERSONAL, 1, "联系电话", "phone"},
    {6, "region", REGION, COUNTY, REQ | PLACE | TITLE, 1, "负责区域", "region"},
    {7, "active_from", DATE, COUNTY, 0, 1, "到岗日期", "active from"},
    {8, "active_to", DATE, COUNTY, 0, 1, "离岗日期", "active to"},
};

static const struct schema_column household_columns[] = {
    {1, "national_no", TEXT(24), COUNTY, KEY | TITLE, 1, "户编号", "national number"},
    {2, "village", REGION, COUNTY, REQ | PLACE | TITLE, 1, "所在村", "village"},
    {3, "head_name", TEXT(40), LATEST, REQ | PERSONAL | TITLE, 1, "户主姓名", "head of household"},
    {4, "phone", TEXT(20), LATEST, PERSONAL, 1, "联系电话", "phone"},
    {5, "address", TEXT(120), LATEST, PERSONAL, 1, "详细地址", "address"},
    {6, "natural_village", TEXT(40), LATEST, 0, 1, "自然屯", "natural village"},
    {7, "kind", CODE(household_kind), COUNTY, TITLE, 1, "户类型", "kind"},
    {8, "monitor_class", CODE(monitor_class), COUNTY, TITLE, 1, "监测对象类别", "monitor class"},
    {9, "monitor_status", CODE(monitor_status), COUNTY, TITLE, 1, "监测状态", "monitor status"},
    {10, "taken_in", DATE, COUNTY, 0, 1, "纳入日期", "taken in on"},
    {11, "cleared_on", DATE, COUNTY, 0, 1, "风险消除日期", "cleared on"},
    {12, "cleared_way", CODE(cleared_way), COUNTY, 0, 1, "消除方式", "cleared by"},
    {13, "no_labour", BOOL, LATEST, 0, 1, "整户无劳动力", "no labour in the household"},
    {14, "after_care", TEXT(400), LATEST, 0, 1, "后续帮扶", "after-care"},
    {15, "merged_into", REF(T_HOUSEHOLD), COUNTY, MERGED, 2, "并入户", "the same household as"},
};

static const struct schema_column member_columns[] = {
    {1, "household", REF(T_HOUSEHOLD), COUNTY, REQ | PARENT, 1, "所属户", "household"},
    {2, "name", TEXT(40), LATEST, REQ | PERSONAL | TITLE, 1, "姓名", "name"},
    {3, "id_no", TEXT(22), LATEST, KEY | PERSONAL, 1, "证件号码", "ID number"},
    {4, "relation", CODE(relation), LATEST, TITLE, 1, "与户主关系", "relation to head"},
    {5, "sex", CODE(sex), LATEST, TITLE, 1, "性别", "sex"},
    {6, "education", CODE(education), LATEST, 0, 1, "文化程度", "education"},
    {7, "school_state", CODE(school_state), LATEST, 0, 1, "在校状况", "school state"},
    {8, "health", SET(health), ADDWINS, PERSONAL | TITLE, 1, "健康状况", "health"},
    {9, "labour", CODE(labour), LATEST, TITLE, 1, "劳动技能", "labour skill"},
    {10, "insurance", SET(insurance), ADDWINS, 0, 1, "参保情况", "insurance"},
    {11, "birth", DATE, LATEST, PERSONAL, 1, "出生日期", "date of birth"},
    {12, "merged_into", REF(T_MEMBER), COUNTY, MERGED, 2, "并入成员", "the same person as"},
};

static const struct schema_column job_columns[] = {
    {1, "member", REF(T_MEMBER), APPEND, REQ | PARENT, 1, "家庭成员", "member"},
    {2, "place", CODE(job_place), LATEST, TITLE, 1, "务工地点", "place"},
    {3, "employer", TEXT(80), LATEST, TITLE, 1, "务工单位", "employer"},
    {4, "months", INT, LATEST, TITLE, 1, "务工月数", "months"},
    {5, "income_band", CODE(income_band), LATEST, 0, 1, "月收入区间", "monthly income"},
    {6, "since", DATE, LATEST, TITLE, 1, "开始日期", "from"},
    {7, "until", DATE, LATEST, 0, 1, "结束日期", "to"},
};

static const struct schema_column assignment_columns[] = {
    {1, "household", REF(T_HOUSEHOLD), COUNTY, REQ | PARENT | TITLE, 1, "帮扶户", "household"},
    {2, "worker", REF(T_WORKER), COUNTY, REQ | TITLE, 1, "帮扶人", "worker"},
    {3, "role", CODE(assignment_role), COUNTY, TITLE, 1, "帮扶角色", "role"},
    {4, "since", DATE, COUNTY, TITLE, 1, "开始日期", "from"},
    {5, "until", DATE, COUNTY, TITLE, 1, "结束日期", "to"},
    {6, "issued_by", TEXT(80), COUNTY, 0, 1, "下达单位", "issued by"},
};

static const struct schema_column visit_columns[] = {
    {1, "household", REF(T_HOUSEHOLD), APPEND, REQ | PARENT | TITLE, 1, "走访户", "household"},
    {2, "date", DATE, APPEND, REQ | TITLE, 1, "走访日期", "date"},
    {3, "time", MINUTE, APPEND, 0, 1, "走访时间", "time"},
    {4, "mode", CODE(visit_mode), APPEND, REQ | TITLE, 1, "走访方式", "mode"},
    {5, "companions", REFS(T_WORKER), ADDWINS, 0, 1, "同行人员", "companions"},
    {6, "summary", TEXT(2000), APPEND, PERSONAL | TITLE, 1, "走访情况", "summary"},
    {7, "needs", SET(need), ADDWINS, 0, 1, "群众诉求", "needs"},
    {8, "education", CODE(safeguard), APPEND, 0, 1, "义务教育", "compulsory schooling"},
    {9, "medical", CODE(safeguard), APPEND, 0, 1, "基本医疗", "basic medical care"},
    {10, "housing", CODE(safeguard), APPEND, 0, 1, "住房安全", "safe housing"},
    {11, "water", CODE(safeguard), APPEND, 0, 1, "饮水安全", "safe water"},
    {12, "policy", TEXT(200), APPEND, 0, 1, "宣讲政策", "policy explained"},
    {13, "latitude_e6", INT, APPEND, PERSONAL, 1, "纬度(百万分之一度)", "latitude (micro-degrees)"},
    {14, "longitude_e6", INT, APPEND, PERSONAL, 1, "经度(百万分之一度)", "longitude (micro-degrees)"},
    {15, "joined", REF(T_VISIT), APPEND, 0, 2, "同行走访", "made together with"},
};

static const struct schema_column risk_columns[] = {
    {1, "household", REF(T_HOUSEHOLD), APPEND, REQ | PARENT | TITLE, 1, "风险户", "household"},
    {2, "kind", CODE(risk_kind), APPEND, REQ | TITLE, 1, "风险类型", "kind"},
    {3, "rank", INT, LATEST, TITLE, 1, "风险等级(1-5)", "rank (1-5)"},
    {4, "found_on", DATE, APPEND, REQ | TITLE, 1, "发现日期", "found on"},
    {5, "visit", REF(T_VISIT), APPEND, 0, 1, "发现走访", "found by visit"},
    {6, "state", CODE(risk_state), STICKY, TITLE, 1, "风险状态", "state"},
    {7, "closed_by", REF(T_WORKER), STICKY, 0, 1, "消除核实人", "closed by"},
    {8, "closed_on", DATE, STICKY, 0, 1, "消除日期", "closed on"},
    {9, "closed_why", TEXT(400), STICKY, 0, 1, "消除依据", "why closed"},
    {10, "detail", TEXT(400), LATEST, PERSONAL, 1, "具体情况", "detail"},
};

static const struct schema_column clue_columns[] = {
    {1, "village", REGION, COUNTY, REQ | PLACE | TITLE, 1, "所在村", "village"},
    {2, "household", REF(T_HOUSEHOLD), APPEND, PARENT | TITLE, 1, "线索户", "household"},
    {3, "person", TEXT(120), LATEST, PERSONAL | TITLE, 1, "线索人员描述", "described person"},
    {4, "found_on", DATE, APPEND, REQ | TITLE, 1, "发现日期", "found on"},
    {5, "kind", CODE(clue_kind), APPEND, TITLE, 1, "线索来源", "kind"},
    {6, "risk", REF(T_RISK), APPEND, 0, 1, "关联风险", "risk"},
    {7, "due_on", DATE, COUNTY, REQ | TITLE, 1, "认定期限", "due on"},
    {8, "decided_on", DATE, COUNTY, TITLE, 1, "认定日期", "decided on"},
    {9, "decision", CODE(decision), COUNTY, TITLE, 1, "认定结果", "decision"},
    {10, "detail", TEXT(400), LATEST, PERSONAL, 1, "线索内容", "detail"},
};

static const struct schema_column measure_columns[] = {
    {1, "household", REF(T_HOUSEHOLD), APPEND, REQ | PARENT | TITLE, 1, "帮扶户", "household"},
    {2, "category", CODE(measure_category), APPEND, REQ | TITLE, 1, "措施类别", "category"},
    {3, "what", TEXT(200), LATEST, TITLE, 1, "措施内容", "what"},
    {4, "since", DATE, LATEST, TITLE, 1, "开始日期", "from"},
    {5, "until", DATE, LATEST, 0, 1, "结束日期", "to"},
    {6, "result", TEXT(200), LATEST, 0, 1, "帮扶成效", "result"},
};

static const struct schema_column income_sheet_columns[] = {
    {1, "household", REF(T_HOUSEHOLD), ATOMIC, REQ | PARENT | TITLE, 1, "所属户", "household"},
    {2, "period", TEXT(10), ATOMIC, REQ | TITLE, 1, "核算周期", "period"},
    {3, "wages", MONEY, ATOMIC, 0, 1, "工资性收入", "wages"},
    {4, "business", MONEY, ATOMIC, 0, 1, "经营净收入", "business"},
    {5, "property", MONEY, ATOMIC, 0, 1, "财产净收入", "property"},
    {6, "transfers", MONEY, ATOMIC, 0, 1, "转移净收入", "transfers"},
    {7, "costs", MONEY, ATOMIC, 0, 1, "生产经营支出", "costs"},
    {8, "persons", INT, ATOMIC, 0, 1, "家庭人口", "persons"},
    {9, "net", MONEY, ATOMIC, TITLE, 1, "纯收入", "net income"},
    {10, "per_head", MONEY, ATOMIC, TITLE, 1, "人均纯收入", "net income per head"},
    {11, "chosen", BOOL, TOWNSHIP, TITLE, 1, "乡镇采用", "chosen by the township"},
};

static const struct schema_column order_columns[] = {
    {1, "kind", CODE(order_kind), ISSUER, REQ | TITLE, 1, "单据类型", "kind"},
    {2, "number", TEXT(30), ISSUER, KEY | TITLE, 1, "单号", "number"},
    {3, "region", REGION, COUNTY, REQ | PLACE | TITLE, 1, "接收区域", "addressed region"},
    {4, "worker", REF(T_WORKER), ISSUER, 0, 1, "接收人", "addressed worker"},
    {5, "issuer", TEXT(80), ISSUER, TITLE, 1, "签发单位", "issuer"},
    {6, "issued_on", DATE, ISSUER, REQ | TITLE, 1, "签发日期", "issued on"},
    {7, "due_on", DATE, ISSUER, TITLE, 1, "办结期限", "due on"},
    {8, "text", TEXT(1000), ISSUER, REQ, 1, "内容", "text"},
    {9, "state", CODE(order_state), ISSUER, TITLE, 1, "状态", "state"},
    {10, "closed_on", DATE, ISSUER, 0, 1, "办结日期", "closed on"},
};

static const struct schema_column order_reply_columns[] = {
    {1, "order", REF(T_ORDER), APPEND, REQ | PARENT | TITLE, 1, "单据", "order"},
    {2, "date", DATE, APPEND, REQ | TITLE, 1, "回复日期", "date"},
    {3, "text", TEXT(1000), APPEND, REQ | TITLE, 1, "回复内容", "text"},
};

static const struct schema_column indicator_columns[] = {
    {1, "region", REGION, TOWNSHIP, REQ | PLACE | TITLE, 1, "区域", "region"},
    {2, "period", TEXT(10), TOWNSHIP, REQ | TITLE, 1, "期间", "period"},
    {3, "key", TEXT(40), TOWNSHIP, REQ | TITLE, 1, "指标", "key"},
    {4, "value", INT, TOWNSHIP, TITLE, 1, "数值", "value"},
    {5, "target", INT, TOWNSHIP, TITLE, 1, "目标", "target"},
};

static const struct schema_column attachment_columns[] = {
    {1, "household", REF(T_HOUSEHOLD), APPEND, REQ | PARENT | TITLE, 1, "所属户", "household"},
    {2, "visit", REF(T_VISIT), APPEND, 0, 1, "所属走访", "visit"},
    {3, "sha256", HASH, APPEND, REQ, 1, "摘要", "SHA-256"},
    {4, "size", INT, APPEND, REQ | TITLE, 1, "字节数", "size in bytes"},
    {5, "type", CODE(file_type), APPEND, TITLE, 1, "类型", "type"},
    {6, "name", TEXT(80), APPEND, TITLE, 1, "文件名", "file name"},
};

static const struct schema_column member_event_columns[] = {
    {1, "member", REF(T_MEMBER), APPEND, REQ | PARENT | TITLE, 1, "家庭成员", "member"},
    {2, "kind", CODE(member_event), APPEND, REQ | TITLE, 1, "变动类型", "kind"},
    {3, "date", DATE, APPEND, REQ | TITLE, 1, "变动日期", "date"},
    {4, "note", TEXT(200), APPEND, PERSONAL, 1, "说明", "note"},
};

/* What the server tells one laptop, see server-stub/intake/notice.c. It lives at that laptop's private place and
 * nowhere else; only the server writes it. */
static const struct schema_column notice_columns[] = {
    {1, "addressee", INT, CITY, REQ | PLACE, 3, "收件设备", "addressed laptop"},
    {2, "kind", CODE(notice_kind), CITY, REQ | TITLE, 3, "类别", "kind"},
    {3, "day", DATE, CITY, REQ | TITLE, 3, "日期", "day"},
    {4, "record", TEXT(80), CITY, TITLE, 3, "记录", "record"},
    {5, "item", TEXT(40), CITY, TITLE, 3, "项目", "column"},
    {6, "yours", TEXT(2000), CITY, PERSONAL | TITLE, 3, "你的内容", "your value"},
    {7, "current", TEXT(2000), CITY, PERSONAL | TITLE, 3, "现有内容", "the value in force"},
    {8, "reason", CODE(merge_reason), CITY, TITLE, 3, "原因", "reason"},
    {9, "other", TEXT(60), CITY, TITLE, 3, "对方", "the other author"},
    {10, "ledger", INT, CITY, 0, 3, "台账号", "ledger number"},
    {11, "seq", INT, CITY, 0, 3, "本机日志号", "number in the laptop's log"},
    {12, "decision", CODE(ruling), CITY, TITLE, 3, "裁定", "ruling"},
    {13, "decided_by", TEXT(60), CITY, 0, 3, "裁定人", "decided by"},
    {14, "decided_on", DATE, CITY, 0, 3, "裁定日期", "decided on"},
    {15, "why", TEXT(400), CITY, TITLE, 3, "说明", "explanation"},
};

#define COLUMNS(t) t##_columns, sizeof t##_columns / sizeof t##_columns[0]

static const struct schema_table tables[] = {
    {T_REGION, "region", "行政区划", "regions", LEVEL_COUNTY, POLICY_AUTHORITY, COLUMNS(region), 1},
    {T_WORKER, "worker", "工作人员", "workers", LEVEL_COUNTY, POLICY_AUTHORITY, COLUMNS(worker), 1},
    {T_HOUSEHOLD, "household", "户", "households", LEVEL_CONTACT, POLICY_LATEST, COLUMNS(household), 1},
    {T_MEMBER, "member", "家庭成员", "members", LEVEL_CONTACT, POLICY_LATEST, COLUMNS(member), 1},
    {T_JOB, "job", "务工就业", "jobs", LEVEL_CONTACT, POLICY_LATEST, COLUMNS(job), 1},
    {T_ASSIGNMENT, "assignment", "帮扶关系", "assignments", LEVEL_TOWNSHIP, POLICY_AUTHORITY, COLUMNS(assignment), 1},
    {T_VISIT, "visit", "走访", "visits", LEVEL_CONTACT, POLICY_APPEND, COLUMNS(visit), 1},
    {T_RISK, "risk", "风险", "risks", LEVEL_CONTACT, POLICY_STICKY, COLUMNS(risk), 1},
    {T_CLUE, "clue", "线索", "clues", LEVEL_CONTACT, POLICY_LATEST, COLUMNS(clue), 1},
    {T_MEASURE, "measure", "帮扶措施", "measures", LEVEL_CONTACT, POLICY_LATEST, COLUMNS(measure), 1},
    {T_INCOME_SHEET, "income_sheet", "收入核算", "income sheets", LEVEL_CONTACT, POLICY_ATOMIC, COLUMNS(income_sheet), 1},
    {T_ORDER, "order", "提示督办", "orders", LEVEL_TOWNSHIP, POLICY_ORDER, COLUMNS(order), 1},
    {T_ORDER_REPLY, "order_reply", "单据回复", "replies to orders", LEVEL_CONTACT, POLICY_APPEND, COLUMNS(order_reply), 1},
    {T_INDICATOR, "indicator", "指标", "indicators", LEVEL_TOWNSHIP, POLICY_AUTHORITY, COLUMNS(indicator), 1},
    {T_ATTACHMENT, "attachment", "附件", "attachments", LEVEL_CONTACT, POLICY_APPEND, COLUMNS(attachment), 1},
    {T_MEMBER_EVENT, "member_event", "人口变动", "member events", LEVEL_CONTACT, POLICY_APPEND, COLUMNS(member_event), 1},
    {T_NOTICE, "notice", "通知", "notices", LEVEL_CITY, POLICY_AUTHORITY, COLUMNS(notice), 3},
};

const struct schema *schema_current(void)
{
    static const struct schema current = {SCHEMA_VERSION, tables, sizeof tables / sizeof tables[0]};
    return &current;
}
