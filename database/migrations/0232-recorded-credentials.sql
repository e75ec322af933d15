-- Records in the log the digests of the passwords, passkeys and second factors that people have at the upgrade: from now on the log has one
-- of each that is set, and of those that open a session (database/functions/access/verifiers.sql has the same digests).
insert into audit_entry (action, object_kind, object_id, result, detail)
select 'credential.recorded', 'person', h.person, 'ok', jsonb_build_object('verifiers', jsonb_agg(h.verifier order by h.verifier))
from (
  select v.person, v.kind || ':' || encode(sha256(convert_to(v.parts, 'UTF8')), 'hex') as verifier
  from (
    select p.id as person, 'password' as kind, concat_ws(':', p.id, p.password_salt, encode(p.password_check, 'hex')) as parts
    from person p where p.password_check is not null
    union all
    select t.person_id, 'totp', concat_ws(':', t.person_id, encode(t.sealed, 'hex')) from totp t where t.confirmed_at is not null
    union all
    select r.person_id, 'recovery-code', concat_ws(':', r.person_id, encode(r.hash, 'hex')) from recovery_code r
    union all
    select k.person_id, 'passkey', concat_ws(':', k.person_id, encode(k.credential_id, 'hex'), encode(k.public_key, 'hex')) from passkey k
    union all
    select s.person_id, 'identity-provider', concat_ws(':', s.person_id, s.issuer, s.subject) from provider_subject s
  ) v
) h
group by h.person;

-- For the check of the uses since the last one (strange_verifiers).
create index audit_entry_verifiers on audit_entry (seq)
  where action in ('session.started', 'session.proved', 'act.confirmed') and detail ? 'verifiers';
