import { Link } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { $api, api, queries } from '../../api/client.ts'
import type { Draft, DraftSummary, ImportRefused } from '../../api/shapes.ts'
import { Choice } from '../../controls/choice.tsx'
import { Failure } from '../../controls/failure.tsx'
import { Notice } from '../../controls/notice.tsx'
import { PickFile } from '../../controls/pick-file.tsx'
import { Waiting } from '../../controls/waiting.tsx'
import { formatInstant } from '../../format/instant.ts'
import { useLanguage, type Word } from '../../language/use-words.ts'
import { base64Of } from '../../people/import-file.ts'
import { RowProblems } from '../../people/row-problems.tsx'
import { announce } from '../../shell/announce.tsx'
import { Page } from '../../shell/page.tsx'
import { Changes } from '../draft/changes.tsx'
import { headingRow, numberColumns } from './number-file.ts'
import { beginDraft, problemsOf } from '../use-draft.ts'

type Outcome =
  | { state: 'busy' }
  | { state: 'done'; draft: Draft }
  | { state: 'refused'; rows: ImportRefused['error']['rows'] }
  | { state: 'failed'; error: unknown; file: File }

/** Imports the numbers of a file into a draft of one's own, all rows or none. */
export function ImportNumbersPage() {
  const { t, language } = useLanguage()
  const drafts = $api.useQuery('get', '/api/description/drafts', undefined, { staleTime: 0 })
  const [into, setInto] = useState<string>()
  const [fileName, setFileName] = useState<string>()
  const [outcome, setOutcome] = useState<Outcome>()
  const heading = useRef<HTMLHeadingElement>(null)
  const state = outcome?.state
  useEffect(() => {
    if (state && state !== 'busy') heading.current?.focus()
  }, [state, outcome])

  const own = (drafts.data?.items ?? []).filter(
    (draft) => draft.mayEdit && draft.state === 'DRAFT' && !draft.isOutdated,
  )
  const chosen = into ?? own[0]?.id ?? ''
  const optionOf = (draft: DraftSummary) => ({
    value: draft.id,
    label: `${t('description.draft.title', { version: draft.basedOn + 1 })}, ${formatInstant(draft.changedAt, language)}`,
    detail: draft.reason,
  })

  const pick = async (file: File) => {
    setFileName(file.name)
    setOutcome({ state: 'busy' })
    announce(t('description.numbers.import.busy'))
    const draft = await draftFor(chosen)
    if ('error' in draft) return setOutcome({ state: 'failed', error: draft.error, file })
    // If the file is refused, the new draft is used for the next attempt.
    setInto(draft.id)
    const answer = await send(draft, file)
    setOutcome(answer)
    void queries.invalidateQueries({ queryKey: ['get', '/api/description/drafts'] })
    if (answer.state === 'done') void queries.invalidateQueries({ queryKey: ['get', '/api/description/drafts/{id}'] })
  }

  return (
    <Page
      title={t('description.numbers.import')}
      lead={t('description.numbers.import.lead')}
      crumbs={[{ label: t('shell.nav.numbers'), to: '/numbers' }]}
    >
      {drafts.isPending && <Waiting lines={4} />}
      {drafts.isError && <Failure error={drafts.error} onAgain={() => void drafts.refetch()} />}
      {drafts.data && !drafts.data.mayDraft && <Notice kind="info">{t('description.numbers.import.denied')}</Notice>}
      {drafts.data?.mayDraft && (
        <section className="panel stack" aria-labelledby="import-file">
          <h2 id="import-file">{t('import.file')}</h2>
          <p>{t('description.numbers.import.file.how')}</p>
          <Columns />
          <p>
            <a href={headingRow()} download="numerot.csv" className="with-icon">
              <Download aria-hidden="true" size={18} />
              {t('import.heading')}
            </a>
          </p>
          <Choice
            className="field-wide"
            label={t('description.numbers.import.into')}
            options={[...own.map(optionOf), { value: '', label: t('description.numbers.import.new') }]}
            value={chosen}
            onChange={setInto}
          />
          <PickFile
            label={t(fileName ? 'import.pick.another' : 'import.pick')}
            accept={['.csv', 'text/csv', 'text/plain']}
            name={fileName}
            none={t('import.pick.none')}
            isBusy={state === 'busy'}
            onPick={(file) => void pick(file)}
          />
        </section>
      )}
      {outcome && (
        <section className="panel stack" aria-labelledby="import-outcome" aria-busy={state === 'busy'}>
          <h2 id="import-outcome" ref={heading} tabIndex={-1}>
            {t(titles[outcome.state])}
          </h2>
          {outcome.state === 'busy' && <Waiting lines={3} />}
          {outcome.state === 'refused' && <RowProblems rows={outcome.rows} />}
          {outcome.state === 'failed' && <Failure error={outcome.error} onAgain={() => void pick(outcome.file)} />}
          {outcome.state === 'done' && <Done draft={outcome.draft} />}
        </section>
      )}
    </Page>
  )
}

const titles = {
  busy: 'description.numbers.import.busy',
  done: 'description.numbers.import.done',
  refused: 'import.refused',
  failed: 'import.failed',
} as const satisfies Record<Outcome['state'], Word>

function Done({ draft }: { draft: Draft }) {
  const { t } = useLanguage()
  const count = problemsOf(draft).length
  return (
    <>
      {count > 0 && <Notice kind="warning">{t('description.draft.problems', { count })}</Notice>}
      {draft.changes.length > 0 && <Changes changes={draft.changes} />}
      {count + draft.changes.length === 0 && <p>{t('description.draft.changes.none')}</p>}
      <div className="actions">
        <Link to="/description/drafts/$id" params={{ id: draft.id }} className="button button-primary">
          {t('description.numbers.import.open')}
        </Link>
      </div>
    </>
  )
}

function Columns() {
  const { t } = useLanguage()
  return (
    <>
      <h3>{t('import.columns')}</h3>
      <dl className="column-list">
        {numberColumns.map(({ column, needed }) => (
          <div key={column}>
            <dt>
              <code>{column}</code>
            </dt>
            <dd>
              {t(`description.numbers.column.${column}` as Word)}
              {!needed && <span className="muted"> {t('import.column.optional')}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

async function draftFor(id: string): Promise<Pick<Draft, 'id' | 'revision'> | { error: unknown }> {
  if (id === '') {
    const begun = await beginDraft()
    return 'error' in begun ? begun : begun.draft
  }
  try {
    const { data, error } = await api.GET('/api/description/drafts/{id}', { params: { path: { id } } })
    return data ?? { error }
  } catch (error) {
    return { error }
  }
}

async function send({ id, revision }: Pick<Draft, 'id' | 'revision'>, file: File): Promise<Outcome> {
  try {
    const { data, error } = await api.POST('/api/description/drafts/{id}/numbers', {
      params: { path: { id } },
      body: { revision, content: await base64Of(file) },
    })
    if (data) return { state: 'done', draft: data }
    if ('rows' in error.error) return { state: 'refused', rows: error.error.rows }
    return { state: 'failed', error, file }
  } catch (error) {
    return { state: 'failed', error, file }
  }
}
