/* codes: the code book, see codes.h. Terms follow the national monitoring system's own lists. */
#include "codes.h"

#define CODE_LIST(name, ...)                                                                                     \
    static const struct schema_code name##_list[] = {__VA_ARGS__};                                               \
    const struct schema_codes codes_##name = {#name, name##_list, sizeof name##_list / sizeof name##_list[0]}

CODE_LIST(region_level, {1, "省", "province", 0}, {2, "市", "prefecture", 0}, {3, "县", "county", 0},
          {4, "乡镇", "township", 0}, {5, "村", "village", 0});

CODE_LIST(worker_role, {1, "帮扶责任人", "contact", LEVEL_CONTACT}, {2, "队员", "team member", LEVEL_CADRE},
          {3, "队长", "team leader", LEVEL_CADRE}, {4, "第一书记", "first secretary", LEVEL_CADRE},
          {5, "乡镇主管", "township supervisor", LEVEL_TOWNSHIP}, {6, "县主管", "county supervisor", LEVEL_COUNTY},
          {7, "市主管", "city supervisor", LEVEL_CITY});

CODE_LIST(household_kind, {1, "脱贫户", "left poverty", 0}, {2, "一般农户", "ordinary", 0});

CODE_LIST(monitor_class, {1, "脱贫不稳定户", "unstable after poverty", 0}, {2, "边缘易致贫户", "on the edge", 0},
          {3, "突发严重困难户", "sudden severe difficulty", 0});

CODE_LIST(monitor_status, {1, "未纳入", "not taken in", 0}, {2, "监测中", "monitored", 0},
          {3, "风险消除", "risk removed", 0}, {4, "回退", "fell back", 0});

CODE_LIST(cleared_way, {1, "帮扶消除", "by assistance", 0}, {2, "自然消除", "by itself", 0});

CODE_LIST(relation, {1, "户主", "head", 0}, {2, "配偶", "spouse", 0}, {3, "子", "son", 0}, {4, "女", "daughter", 0},
          {5, "父母", "parent", 0}, {6, "祖父母", "grandparent", 0}, {7, "孙子女", "grandchild", 0},
          {8, "儿媳", "daughter-in-law", 0}, {9, "女婿", "son-in-law", 0}, {10, "兄弟姐妹", "sibling", 0},
          {11, "其他", "other", 0});

CODE_LIST(sex, {1, "男", "male", 0}, {2, "女", "female", 0});

CODE_LIST(education, {1, "文盲半文盲", "illiterate", 0}, {2, "小学", "primary", 0}, {3, "初中", "junior secondary", 0},
          {4, "高中", "senior secondary", 0}, {5, "大专", "college", 0}, {6, "本科及以上", "university", 0},
          {7, "学龄前", "pre-school", 0});

CODE_LIST(school_state, {1, "非在校", "not at school", 0}, {2, "学前", "kindergarten", 0}, {3, "小学在读", "in primary", 0},
          {4, "初中在读", "in junior secondary", 0}, {5, "高中在读", "in senior secondary", 0},
          {6, "中职在读", "in vocational", 0}, {7, "高校在读", "in university", 0}, {8, "失学辍学", "dropped out", 0},
          {9, "送教上门", "taught at home", 0});

CODE_LIST(health, {1, "健康", "healthy", 0}, {2, "长期慢性病", "chronic illness", 0}, {3, "大病", "serious illness", 0},
          {4, "残疾", "disabled", 0});

CODE_LIST(labour, {1, "普通劳动力", "ordinary", 0}, {2, "技能劳动力", "skilled", 0},
          {3, "弱劳动力或半劳动力", "weak or half", 0}, {4, "丧失劳动力", "lost", 0}, {5, "无劳动力", "none", 0});

CODE_LIST(insurance, {1, "城乡居民基本医疗保险", "basic medical", 0}, {2, "大病保险", "serious illness", 0},
          {3, "城乡居民基本养老保险", "basic pension", 0}, {4, "商业补充医疗保险", "commercial medical", 0},
          {5, "低保", "minimum living allowance", 0}, {6, "特困供养", "destitute support", 0});

CODE_LIST(member_event, {1, "死亡", "died", 0}, {2, "嫁出", "married out", 0}, {3, "出国定居", "emigrated", 0},
          {4, "判刑收监", "imprisoned", 0}, {5, "嫁入", "married in", 0}, {6, "新生儿", "newborn", 0},
          {7, "其他转入", "other arrival", 0}, {8, "其他转出", "other departure", 0});

CODE_LIST(job_place, {1, "乡镇内", "in the township", 0}, {2, "县内乡镇外", "in the county", 0},
          {3, "市内县外", "in the city", 0}, {4, "省内市外", "in the province", 0}, {5, "省外", "other province", 0},
          {6, "境外", "abroad", 0});

CODE_LIST(income_band, {1, "1000元以下", "under 1,000", 0}, {2, "1000-2000元", "1,000-2,000", 0},
          {3, "2000-3000元", "2,000-3,000", 0}, {4, "3000-5000元", "3,000-5,000", 0}, {5, "5000元以上", "over 5,000", 0});

CODE_LIST(assignment_role, {1, "帮扶责任人", "contact", 0}, {2, "驻村干部", "resident cadre", 0},
          {3, "监测联系人", "monitor", 0});

CODE_LIST(visit_mode, {1, "入户", "at home", 0}, {2, "电话", "phone", 0}, {3, "微信", "wechat", 0},
          {4, "未遇", "not met", 0});

CODE_LIST(safeguard, {1, "无问题", "no problem", 0}, {2, "有问题", "problem", 0}, {3, "未查看", "not checked", 0});

CODE_LIST(need, {1, "就业", "work", 0}, {2, "产业", "industry", 0}, {3, "看病", "treatment", 0}, {4, "上学", "schooling", 0},
          {5, "住房", "housing", 0}, {6, "饮水", "water", 0}, {7, "贷款", "loan", 0}, {8, "农资", "farm supplies", 0},
          {9, "照料", "care", 0}, {10, "证件", "papers", 0}, {11, "政策咨询", "policy advice", 0}, {12, "其他", "other", 0});

CODE_LIST(risk_kind, {1, "因病", "illness", 0}, {2, "因残", "disability", 0}, {3, "因学", "schooling", 0},
          {4, "因洪涝", "flood", 0}, {5, "因旱灾", "drought", 0}, {6, "因风雹", "wind and hail", 0},
          {7, "因低温冻害", "frost", 0}, {8, "因其他自然灾害", "other disaster", 0}, {9, "缺劳动力", "no labour", 0},
          {10, "因意外事故", "accident", 0}, {11, "因产业失败", "failed business", 0},
          {12, "因务工不稳", "unstable job", 0}, {13, "住房", "housing", 0}, {14, "饮水", "water", 0},
          {15, "其他", "other", 0});

CODE_LIST(risk_state, {1, "未消除", "open", 0}, {2, "已消除", "closed", 0});

CODE_LIST(clue_kind, {1, "走访发现", "found on a visit", 0}, {2, "自主申报", "own report", 0},
          {3, "部门预警", "warned by a department", 0}, {4, "回退", "fell back", 0}, {5, "群众反映", "told by others", 0});

CODE_LIST(decision, {1, "纳入监测", "taken in", 0}, {2, "不纳入", "not taken in", 0}, {3, "回退监测", "monitored again", 0});

CODE_LIST(measure_category, {1, "产业", "industry", 0}, {2, "就业", "work", 0}, {3, "金融", "finance", 0},
          {4, "公益岗位", "public post", 0}, {5, "住房", "housing", 0}, {6, "饮水", "water", 0}, {7, "健康", "health", 0},
          {8, "义务教育", "compulsory schooling", 0}, {9, "其他教育", "other schooling", 0},
          {10, "综合保障", "social security", 0}, {11, "社会帮扶", "social help", 0}, {12, "搬迁", "resettlement", 0},
          {13, "生产生活条件", "living conditions", 0}, {14, "基础设施", "infrastructure", 0});

CODE_LIST(order_kind, {1, "提示单", "reminder", 0}, {2, "督办单", "demand", 0});

CODE_LIST(order_state, {1, "进行中", "open", 0}, {2, "已办结", "closed", 0});

CODE_LIST(file_type, {1, "照片", "photo", 0}, {2, "扫描件", "scan", 0}, {3, "其他", "other", 0});

CODE_LIST(notice_kind, {1, "未采用", "not taken", 0}, {2, "建议", "proposal", 0}, {3, "待核实", "to be verified", 0},
          {4, "移交", "handed over", 0}, {5, "接手", "taken over", 0}, {6, "范围外", "outside the scope", 0},
          {7, "迁移", "moved", 0});

/* enum merge_reason of zhucun/merge.h; each sentence goes on from "your value was not taken:". */
CODE_LIST(merge_reason, {1, "对方看到的日期更晚", "the other was observed on a later day", 0},
          {2, "同一天，互不知情", "same day, neither saw the other", 0},
          {3, "由上级认定", "a higher level decides", 0}, {4, "不是本人的记录", "not the author's own record", 0},
          {5, "不是签发人", "not the issuer", 0}, {6, "没有看到更新的发现", "a newer finding was not seen", 0},
          {7, "记录已被删除", "the record had been deleted", 0}, {8, "整表由他人改过", "the sheet was changed as a whole", 0},
          {9, "对方刚加入的内容", "an addition that was not seen", 0},
          {10, "没有写明核实人和依据", "it does not name who verified it and why", 0});

/* One ruling in the words of whoever reads it: 2 and 4 on the laptops of the two who disagreed, 5 at the office. */
CODE_LIST(ruling, {1, "维持现值", "the value in force stays", 0}, {2, "采用你的内容", "yours is taken", 0},
          {3, "另定", "another value was set", 0}, {4, "采用了对方的值", "the other's value was taken", 0},
          {5, "采用落选值", "the losing value was taken", 0});

/* What the server itself writes where a person's words could stand. The Chinese is what is stored and sent. */
CODE_LIST(said, {SAID_WRITTEN, "此后已写入此值", "this value has been written since", 0},
          {SAID_ANEW, "此后有人在知道两个值的情况下重新填写", "somebody who had seen both values has written it anew", 0},
          {SAID_OFFICE, "办公室", "the office", 0});
