/** Builds the diary entry of a decision (docs/formats/diary.md): the metadata that SÄHKE2 requires of a record, and a hash. */
import { createHash } from 'node:crypto'
import { canonicalJson } from '#safeguards/audit/entry-bytes.ts'
import texts from '#texts/server/diary.json' with { type: 'json' }
import { inEach, textsIn, type Trilingual } from '#platform/texts/texts.ts'
import type { AgentRole, RecordFact, RecordKind, RecordRow } from './list-records.ts'

export interface DiaryEntry {
  identifier: string
  kind: RecordKind
  act: string
  title: Trilingual
  agents: { role: AgentRole; name: string }[]
  dates: { entered: string; decided?: string; closed?: string }
  outcome?: string
  /** Function class (tehtäväluokka). The agency maps it to its own classification. */
  functionClass: string
  type: 'decision'
  /** Proposed by the program; the agency decides. */
  publicity: { class: 'PUBLIC' | 'PARTLY_SECRET' | 'SECRET'; ground?: string; years?: number }
  retention: { period: 'PERMANENT' | 'BY_PLAN'; ground: string }
  personalData: true
  languages: string[]
  format: 'application/json'
  facts: Record<string, RecordFact>
  /** SHA-256 of the entry without this member, by RFC 8785. */
  hash: { algorithm: 'SHA-256'; value: string }
}

const functionClasses: Record<RecordKind, string> = {
  RIGHT: 'access-rights',
  VERSION: 'register-description',
  AUTHORITY: 'disclosure-to-authority',
  RESEARCH: 'disclosure-to-research',
  REQUEST: 'request-of-data-subject',
  ORDER: 'preservation-order',
}

/** A document that is secret by Act 621/1999 stays so for 25 years (section 31). */
const secret = (kind: 'PARTLY_SECRET' | 'SECRET', ground: string) => ({ class: kind, ground, years: 25 })
const publicity: Record<RecordKind, DiaryEntry['publicity']> = {
  RIGHT: secret('PARTLY_SECRET', 'Act 621/1999 section 24(1)(7)'),
  VERSION: { class: 'PUBLIC' },
  AUTHORITY: secret('SECRET', 'Act 621/1999 section 24(1)(3)'),
  RESEARCH: secret('PARTLY_SECRET', 'Act 621/1999 section 24(1)(21)'),
  REQUEST: secret('PARTLY_SECRET', 'Act 1346/1999 section 4'),
  ORDER: secret('SECRET', 'Act 806/2011 chapter 8 sections 24-26'),
}

/** Names of people by id, and of roles by role and duty. */
export interface RecordNames {
  person: (id: string) => string
  role: (role: string, duty: string | undefined) => Trilingual
}

export function describeRecord(row: RecordRow, names: RecordNames): DiaryEntry {
  const { kind, act, facts, outcome, decided_at: decided, closed_at: closed } = row
  const entry: Omit<DiaryEntry, 'hash'> = {
    identifier: row.key,
    kind,
    act,
    title: titleOf(row, names),
    agents: row.agents.map(({ role, person, name }) => ({
      role,
      name: person === null ? (name ?? '') : names.person(person),
    })),
    dates: {
      entered: row.entered_at.toString(),
      ...(decided && { decided: decided.toString() }),
      ...(closed && { closed: closed.toString() }),
    },
    ...(outcome !== null && { outcome }),
    functionClass: functionClasses[kind],
    type: 'decision',
    publicity: publicity[kind],
    retention:
      kind === 'VERSION'
        ? { period: 'PERMANENT', ground: 'each version of the description is kept as long as the register exists' }
        : { period: 'BY_PLAN', ground: 'the agency’s information management plan (Act 906/2019 section 21)' },
    personalData: true,
    languages: row.languages,
    format: 'application/json',
    facts,
  }
  const value = createHash('sha256').update(canonicalJson(entry)).digest('hex')
  return { ...entry, hash: { algorithm: 'SHA-256', value } }
}

function titleOf({ kind, act, number, facts, agents }: RecordRow, names: RecordNames): Trilingual {
  const organisation = agents.find(({ name }) => name !== null)?.name ?? ''
  switch (kind) {
    case 'RIGHT': {
      const role = names.role(textOf(facts['role']), facts['duty'] === undefined ? undefined : textOf(facts['duty']))
      return inEach((language) =>
        textsIn(texts, language)(`diary.title.RIGHT.${act as 'REQUEST'}`, { role: role[language] }),
      )
    }
    case 'VERSION':
    case 'REQUEST':
    case 'ORDER':
      return inEach((language) => textsIn(texts, language)(`diary.title.${kind}`, { number: number ?? '' }))
    case 'AUTHORITY':
    case 'RESEARCH':
      return inEach((language) =>
        textsIn(texts, language)(`diary.title.${kind}`, { number: number ?? '', organisation }),
      )
  }
}

const textOf = (fact: RecordFact | undefined) => (typeof fact === 'string' ? fact : '')
