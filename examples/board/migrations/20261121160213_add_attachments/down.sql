-- takes 20261121160213_add_attachments back

-- mizan:step tx
set local lock_timeout = '5s';

-- mizan:statement
-- ACCESS EXCLUSIVE; the rows are gone
drop table "attachments";

-- mizan:statement
-- ACCESS EXCLUSIVE; the type is made anew, so its tables are rewritten
alter type "activity_kind" rename to "activity_kind__old";

-- mizan:statement
-- ACCESS EXCLUSIVE; the type is made anew, so its tables are rewritten
create type "activity_kind" as enum ('created', 'imported', 'moved', 'renamed', 'assigned', 'prioritised', 'scheduled', 'described', 'commented', 'deleted');

-- mizan:statement
-- ACCESS EXCLUSIVE; the type is made anew, so its tables are rewritten
alter table "activity" alter column "kind" type "activity_kind" using "kind"::text::"activity_kind";

-- mizan:statement
-- ACCESS EXCLUSIVE; the type is made anew, so its tables are rewritten
drop type "activity_kind__old";
