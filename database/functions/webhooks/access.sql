-- webhook_target
grant delete, insert, select, update on webhook_target to seloste_custodian;

-- webhook_delivery
grant delete, select, update (attempts, given_up_at, last_answer, next_at) on webhook_delivery to seloste_custodian;
