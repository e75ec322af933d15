import { sql } from 'kysely'
import { databaseAnswer, databaseRow, databaseRows } from '#safeguards/access/database-request.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'
import { problemsOf, type Form } from './form.ts'
import { commonRefusals } from './quality-refusals.ts'

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

/** Lists forms, for evaluators. */
export const listForms = databaseRows(() => ({
  statement: sql<ListedForm>`
    select distinct on (f.name, f.id) f.id, f.language, f.name, f.draft is not null as "hasDraft", v.version,
      v.published_at as "publishedAt"
    from quality_form f left join quality_form_version v on v.form_id = f.id
    order by f.name, f.id, v.version desc`,
  refusals: ['deny.role'],
  action: 'quality.forms-read',
  object: { kind: 'quality-form' },
  precondition: sql`require_duty('QUALITY')`,
}))

/** Returns a form with its draft and all versions. */
export const readForm = databaseRow((id: string) => ({
  statement: sql<ReadForm>`
    select f.id, f.language, f.name, f.revision, f.draft, coalesce((
      select jsonb_agg(jsonb_build_object('version', v.version, 'name', v.name, 'content', v.content, 'publishedAt', v.published_at,
        'publishedBy', v.published_by) order by v.version desc)
      from quality_form_version v where v.form_id = f.id), '[]') as versions
    from quality_form f where f.id = ${id}::uuid`,
  refusals: commonRefusals,
  action: 'quality.forms-read',
  object: { kind: 'quality-form', id },
  precondition: sql`require_duty('QUALITY'), refuse_if(not exists (select from quality_form f where f.id = ${id}::uuid), 'not-found')`,
}))

/** Begins an empty form in one language. */
export const beginForm = databaseRow(({ language, name }: { language: FormLanguage; name: string }) => ({
  statement: sql<{ id: string }>`select begin_quality_form(${language}, ${name}) as id`,
  refusals: ['deny.role', 'input.identity-code'],
  action: 'quality.form-begun',
  object: { kind: 'quality-form' },
}))

/**
 * Saves the draft of the next version, with problems if there are any.
 * @returns its revision, and why it cannot be published
 */
export const saveForm = databaseAnswer(
  (id: string, { revision, name, form }: { revision: number; name: string; form: Form }) => ({
    statement: sql<{ revision: number }>`
      select save_quality_form(${id}::uuid, ${revision}, ${name}, ${JSON.stringify(form)}::jsonb) as revision`,
    refusals: [...commonRefusals, 'quality.changed-meanwhile', 'input.identity-code'],
    action: 'quality.form-saved',
    object: { kind: 'quality-form', id },
  }),
  ([row], [, { form }]) => ({ ...row!, problems: problemsOf(form) }),
)

/** Publishes the draft as the next, immutable version; evaluations in progress keep theirs. */
export async function publishForm(db: SafeguardsDatabase, session: Session, id: string, revision: number) {
  const form = await readForm(db, session, id)
  if ('refused' in form) return form
  const problems = form.draft ? problemsOf(form.draft) : []
  return problems.length > 0 ? { problems } : publishDraft(db, session, id, revision)
}

const publishDraft = databaseRow((id: string, revision: number) => ({
  statement: sql<{ version: number }>`select publish_quality_form(${id}::uuid, ${revision}) as version`,
  refusals: [...commonRefusals, 'quality.changed-meanwhile', 'quality.no-draft'],
  action: 'quality.form-published',
  object: { kind: 'quality-form', id },
}))
