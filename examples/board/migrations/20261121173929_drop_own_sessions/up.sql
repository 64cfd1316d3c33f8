-- 20261121173929_drop_own_sessions: drop_own_sessions
-- drop table sessions

-- mizan:step tx
set local lock_timeout = '5s';

-- mizan:statement
-- ACCESS EXCLUSIVE; the rows are gone
drop table "sessions";
