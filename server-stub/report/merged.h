/* merged: what "the same as that one" means to a figure, as parts of SQL. A household or member that was merged into
 * another is not counted, and what hangs on it counts for the one that stays.
 *
 * It is taken as merged only while the row it names is live and not merged itself: then no chain and no circle, made
 * on laptops that had not seen each other, can make both vanish from the figures. */
#ifndef ZHUCUN_REPORT_MERGED_H
#define ZHUCUN_REPORT_MERGED_H

/* A condition on a row of `table` (household, member), named `alias` in the statement. */
#define NOT_MERGED(table, alias) \
    "NOT EXISTS (SELECT 1 FROM " table " stays WHERE stays.id = " alias ".merged_into AND stays._dead = 0" \
    " AND stays.merged_into IS NULL)"

/* Joins `table`'s merged rows to `column`; KEPT(column) is then the row that stays. */
#define JOIN_KEPT(table, column) \
    " LEFT JOIN (SELECT gone.id AS dropped, stays.id AS kept FROM " table " gone JOIN " table " stays" \
    " ON stays.id = gone.merged_into WHERE gone.merged_into IS NOT NULL AND stays._dead = 0" \
    " AND stays.merged_into IS NULL) ON dropped = " column " "
#define KEPT(column) "coalesce(kept, " column ")"

#endif
