import { sql } from 'kysely'
import { requestDatabase, type Refused } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { commonRefusals, requestQuality } from './act-on-quality.ts'
import { problemsOf, type Form, type FormProblem } from './form.ts'

export type FormLanguage = 'fi' | 'sv' | 'en'

export interface ListedForm {
  id: string
  language: FormLanguage
  name: string
  hasDraft: boolean
  /** Newest published version. */
  version: number | null
  publishedAt: Temporal.Instant | null
}

export interface FormVersion {
  version: number
  name: string
  content: Form
  publishedAt: string
  publishedBy: string
}

export interface ReadForm {
  id: string
  language: FormLanguage
  name: string
  /** To be stated when saving, which is refused if the form has changed since. */
  revision: number
  draft: Form | null
  /** Newest first. */
  versions: FormVersion[]
}

const saveRefusals = [...commonRefusals, 'quality.changed-meanwhile', 'input.identity-code'] as const
const publishRefusals = [...commonRefusals, 'quality.changed-meanwhile', 'quality.no-draft'] as const
const formAct = { action: 'quality.form-begun', kind: 'quality-form' } as const

/** Lists forms, for evaluators. */
export async function listForms(
  db: SafeguardsDatabase,
  session: Session,
): Promise<ListedForm[] | Refused<'deny.role'>> {
  const statement = sql<ListedForm>`
    select distinct on (f.name, f.id) f.id, f.language, f.name, f.draft is not null as "hasDraft", v.version,
      v.published_at as "publishedAt"
    from quality_form f left join quality_form_version v on v.form_id = f.id
    order by f.name, f.id, v.version desc`
  const trace = { action: 'quality.forms-read', object: { kind: 'quality-form' } } as const
  const answer = await requestDatabase(
    db,
    session,
    statement,
    ['deny.role'] as const,
    trace,
    sql`require_duty('QUALITY')`,
  )
  return 'refused' in answer ? answer : answer.rows
}

/** Returns a form with its draft and all versions. */
export async function readForm(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
): Promise<ReadForm | Refused<(typeof commonRefusals)[number]>> {
  const answer = await requestDatabase(
    db,
    session,
    sql<ReadForm>`
      select f.id, f.language, f.name, f.revision, f.draft, coalesce((
        select jsonb_agg(jsonb_build_object('version', v.version, 'name', v.name, 'content', v.content, 'publishedAt', v.published_at,
          'publishedBy', v.published_by) order by v.version desc)
        from quality_form_version v where v.form_id = f.id), '[]') as versions
      from quality_form f where f.id = ${id}::uuid`,
    commonRefusals,
    { action: 'quality.forms-read', object: { kind: 'quality-form', id } },
    sql`require_duty('QUALITY'), refuse_if(not exists (select from quality_form f where f.id = ${id}::uuid), 'not-found')`,
  )
  return 'refused' in answer ? answer : answer.rows[0]!
}

/** Begins an empty form in one language. */
export function beginForm(
  db: SafeguardsDatabase,
  session: Session,
  { language, name }: { language: FormLanguage; name: string },
): Promise<{ id: string } | Refused<'deny.role' | 'input.identity-code'>> {
  const statement = sql<{ id: string }>`select begin_quality_form(${language}, ${name}) as id`
  return requestQuality(db, session, formAct, statement, ['deny.role', 'input.identity-code'] as const)
}

/**
 * Saves the draft of the next version, with problems if there are any.
 * @returns its revision, and why it cannot be published
 */
export async function saveForm(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  { revision, name, form }: { revision: number; name: string; form: Form },
): Promise<{ revision: number; problems: FormProblem[] } | Refused<(typeof saveRefusals)[number]>> {
  const statement = sql<{ value: number }>`
    select save_quality_form(${id}::uuid, ${revision}, ${name}, ${JSON.stringify(form)}::jsonb) as value`
  const trace = { action: 'quality.form-saved', kind: 'quality-form', id } as const
  const answer = await requestQuality(db, session, trace, statement, saveRefusals)
  return 'refused' in answer ? answer : { revision: answer.value, problems: problemsOf(form) }
}

/** Publishes the draft as the next, immutable version; evaluations in progress keep theirs. */
export async function publishForm(
  db: SafeguardsDatabase,
  session: Session,
  id: string,
  revision: number,
): Promise<{ version: number } | { problems: FormProblem[] } | Refused<(typeof publishRefusals)[number]>> {
  const form = await readForm(db, session, id)
  if ('refused' in form) return form
  const problems = form.draft ? problemsOf(form.draft) : []
  if (problems.length > 0) return { problems }
  const statement = sql<{ value: number }>`select publish_quality_form(${id}::uuid, ${revision}) as value`
  const trace = { action: 'quality.form-published', kind: 'quality-form', id } as const
  const answer = await requestQuality(db, session, trace, statement, publishRefusals)
  return 'refused' in answer ? answer : { version: answer.value }
}
