import { sql } from 'kysely'
import { languages, type Language } from '#description/closed-lists.ts'
import { inSession } from '#platform/database/connect.ts'
import { databaseAnswer } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import { safeguardsOf, type SafeguardsDatabase } from '#safeguards/tables.ts'
import { knownFields } from './fields.ts'
import { letterKinds, type LetterKind } from './letter.ts'
import { shippedTemplate } from './letter-texts.ts'
import { problemsOf } from './template-language.ts'

export interface Template {
  kind: LetterKind
  language: Language
  /** 0: the one shipped with Seloste. */
  version: number
  text: string
  changed?: { at: Temporal.Instant; by: string }
}

interface TemplateRow {
  kind: LetterKind
  language: Language
  version: number
  text: string
  changed_at: Temporal.Instant
  changed_by: string
}

/** Returns the templates in force: the newest one written by the agency, otherwise the shipped one. */
export async function listTemplates(
  db: SafeguardsDatabase,
  session: Session,
): Promise<{ templates: Template[]; mayChange: boolean } | { refused: 'deny.role' }> {
  return inSession(safeguardsOf(db), { 'seloste.session': session.token }, async (tx) => {
    const rights = await sql<{ mayChange: boolean; mayRead: boolean }>`
      select r.change as "mayChange", r.change or viewer_is('DATA_PROTECTION_OFFICER') as "mayRead"
      from (select viewer_is('SERVICE_UNIT') or viewer_is('ADMINISTRATOR') as change) r`.execute(tx)
    const { mayChange, mayRead } = rights.rows[0]!
    if (!mayRead) return { refused: 'deny.role' as const }
    const { rows } = await sql<TemplateRow>`
      select distinct on (kind, language) kind, language, version, text, changed_at, changed_by
      from letter_template order by kind, language, version desc`.execute(tx)
    const templates = letterKinds.flatMap((kind) =>
      languages.map((language) => {
        const changed = rows.find((row) => row.kind === kind && row.language === language)
        return changed ? templateOf(changed) : { kind, language, version: 0, text: shippedTemplate(kind, language) }
      }),
    )
    return { templates, mayChange }
  })
}

/** Returns true if the person may change templates, and thus see problems in their text. */
export function mayChangeTemplates(db: SafeguardsDatabase, session: Session): Promise<boolean> {
  return inSession(safeguardsOf(db), { 'seloste.session': session.token }, async (tx) => {
    const { rows } = await sql<{ may: boolean }>`
      select viewer_is('SERVICE_UNIT') or viewer_is('ADMINISTRATOR') as may`.execute(tx)
    return rows[0]!.may
  })
}

export async function templateInForce(
  tx: SafeguardsDatabase,
  kind: LetterKind,
  language: Language,
): Promise<{ version: number; text: string }> {
  const { rows } = await sql<{ version: number; text: string }>`
    select version, text from letter_template where kind = ${kind} and language = ${language}
    order by version desc limit 1`.execute(safeguardsOf(tx))
  return rows[0] ?? { version: 0, text: shippedTemplate(kind, language) }
}

/** Changes a template; earlier versions are kept. Refuses one that lacks a needed field or has an unknown one. */
export async function changeTemplate(db: SafeguardsDatabase, session: Session, changed: Omit<Template, 'changed'>) {
  const problems = problemsOf(changed.text, knownFields(changed.kind, changed.language))
  // A person without the right is only refused, without the problems.
  if (problems.length > 0 && (await mayChangeTemplates(db, session)))
    return { refused: 'template.problems' as const, problems }
  return storeTemplate(db, session, changed)
}

const storeTemplate = databaseAnswer(
  ({ kind, language, text, version }: Omit<Template, 'changed'>) => ({
    statement: sql<TemplateRow>`select t.* from change_letter_template(${kind}, ${language}, ${text}, ${version}) t`,
    refusals: ['deny.role', 'template.changed-meanwhile', 'input.identity-code'],
    action: 'template.changed',
    object: { kind: 'template' },
  }),
  ([row]) => templateOf(row!),
)

function templateOf({ changed_at: at, changed_by: by, ...row }: TemplateRow): Template {
  const { kind, language, version, text } = row
  return { kind, language, version, text, changed: { at, by } }
}
