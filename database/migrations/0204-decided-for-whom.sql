-- Digest of the institute's name and address at the decision: to somebody else nothing of it is released. None of one decided before.
alter table research_disclosure add column decided_for text;
