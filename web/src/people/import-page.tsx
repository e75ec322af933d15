import { Link } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { api, queries } from '../api/client.ts'
import type { paths } from '../api/paths.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Notice } from '../controls/notice.tsx'
import { PickFile } from '../controls/pick-file.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import type { Imported } from './filters.ts'
import { base64Of, headingRow, importColumns } from './import-file.ts'
import { RowProblems } from './row-problems.tsx'

type Refused = paths['/api/people/import']['post']['responses'][422]['content']['application/json']
interface Picked {
  name: string
  content: string
}
type Outcome =
  | { state: 'trying' | 'importing' }
  | { state: 'tried' | 'done'; counts: Imported }
  | { state: 'refused'; rows: Refused['error']['rows'] }
  | { state: 'failed'; error: unknown; wasTry: boolean }

/** Imports a file into the directory: dry run first, then all rows or none. */
export function ImportPage() {
  const { t } = useLanguage()
  const [picked, setPicked] = useState<Picked>()
  const [outcome, setOutcome] = useState<Outcome>()
  const heading = useRef<HTMLHeadingElement>(null)
  const state = outcome?.state
  const isBusy = state === 'trying' || state === 'importing'
  useEffect(() => {
    if (!state || state === 'trying' || state === 'importing') return
    heading.current?.focus({ preventScroll: true })
    heading.current?.scrollIntoView({ block: 'center' })
  }, [state, picked])

  const send = async (file: Picked, tryOnly: boolean) => {
    setOutcome({ state: tryOnly ? 'trying' : 'importing' })
    announce(t(tryOnly ? 'import.trying' : 'import.busy'))
    setOutcome(await outcomeOf(file, tryOnly))
    if (!tryOnly) void queries.invalidateQueries()
  }
  const pick = async (file: File) => {
    const next = { name: file.name, content: await base64Of(file) }
    setPicked(next)
    await send(next, true)
  }

  return (
    <Page title={t('people.import')} lead={t('import.lead')} crumbs={[{ label: t('people.title'), to: '/people' }]}>
      <section className="panel stack" aria-labelledby="import-file">
        <h2 id="import-file">{t('import.file')}</h2>
        <p>{t('import.file.how')}</p>
        <p>{t('import.file.cells')}</p>
        <h3>{t('import.columns')}</h3>
        <dl className="column-list">
          {importColumns.map(({ column, needed }) => (
            <div key={column}>
              <dt>
                <code>{column}</code>
              </dt>
              <dd>
                {t(`import.column.${column}` as Word)}
                {!needed && <span className="muted"> {t('import.column.optional')}</span>}
              </dd>
            </div>
          ))}
        </dl>
        <p>
          <a href={headingRow()} download="henkilot.csv" className="with-icon">
            <Download aria-hidden="true" size={18} />
            {t('import.heading')}
          </a>
        </p>
        <PickFile
          label={t(picked ? 'import.pick.another' : 'import.pick')}
          accept={['.csv', 'text/csv', 'text/plain']}
          name={picked?.name}
          none={t('import.pick.none')}
          isBusy={isBusy}
          onPick={(file) => void pick(file)}
        />
      </section>
      {picked && outcome && (
        <section className="panel stack" aria-labelledby="import-outcome" aria-busy={isBusy}>
          <h2 id="import-outcome" ref={heading} tabIndex={-1}>
            {t(titleOf(outcome))}
          </h2>
          {isBusy && <Waiting lines={3} />}
          {outcome.state === 'refused' && <RowProblems rows={outcome.rows} />}
          {outcome.state === 'failed' && (
            <Failure error={outcome.error} onAgain={() => void send(picked, outcome.wasTry)} />
          )}
          {(outcome.state === 'tried' || outcome.state === 'done') && <Counts counts={outcome.counts} />}
          {outcome.state === 'tried' && <Confirm counts={outcome.counts} onImport={() => void send(picked, false)} />}
          {outcome.state === 'done' && (
            <Notice kind="success">
              <p>{t('import.done.note')}</p>
              <Link to="/people">{t('import.done.people')}</Link>
            </Notice>
          )}
        </section>
      )}
    </Page>
  )
}

async function outcomeOf(file: Picked, tryOnly: boolean): Promise<Outcome> {
  try {
    const { data, error } = await api.POST('/api/people/import', { body: { content: file.content, tryOnly } })
    if (data) return { state: data.done ? 'done' : 'tried', counts: data }
    if ('rows' in error.error) return { state: 'refused', rows: error.error.rows }
    return { state: 'failed', error, wasTry: tryOnly }
  } catch (error) {
    return { state: 'failed', error, wasTry: tryOnly }
  }
}

function titleOf({ state }: Outcome): Word {
  if (state === 'trying') return 'import.trying'
  if (state === 'importing') return 'import.busy'
  return `import.${state}` as Word
}

const counted = ['entered', 'changed', 'unchanged', 'waiting'] as const

function Counts({ counts }: { counts: Imported }) {
  const { t, language } = useLanguage()
  return (
    <dl className="counts">
      <div>
        <dt>{t('import.rows')}</dt>
        <dd>{formatCount(counts.rows, language)}</dd>
      </div>
      {counted.map((one) => (
        <div key={one}>
          <dt>{t(`import.${one}.${counts.done ? 'done' : 'tried'}` as Word)}</dt>
          <dd>{formatCount(counts[one], language)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Confirm({ counts, onImport }: { counts: Imported; onImport: () => void }) {
  const { t } = useLanguage()
  const changes = counts.entered + counts.changed + counts.waiting
  if (changes === 0) return <Notice kind="info">{t('import.nothing')}</Notice>
  return (
    <>
      <p>{t('import.tried.note')}</p>
      <div className="actions">
        <Button kind="primary" onPress={onImport}>
          {t('import.do', { count: changes })}
        </Button>
      </div>
    </>
  )
}
