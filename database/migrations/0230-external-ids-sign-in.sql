-- False: the identity system changed the external id of a person with rights, a factor or an open session, and nobody has confirmed it.
-- The provider then signs nobody in by it.
alter table person add column external_id_signs_in boolean not null default true;
