import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { FileUp, X } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import { $api } from '../../api/client.ts'
import { Button } from '../../controls/button.tsx'
import { Choice } from '../../controls/choice.tsx'
import { Failure } from '../../controls/failure.tsx'
import { Field } from '../../controls/field.tsx'
import { Notice } from '../../controls/notice.tsx'
import { Waiting } from '../../controls/waiting.tsx'
import { formatCount } from '../../format/number.ts'
import { useLanguage, type Word } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { Page } from '../../shell/page.tsx'
import { readNumberFilters, type NumberFilters } from './number-filters.ts'
import { filterNumbers, numbersOf } from './number-list.ts'
import { NumberTable } from './number-table.tsx'
import { useInForce } from '../use-in-force.ts'

const kinds = ['NATIONAL_SERVICE', 'REGIONAL_SERVICE', 'SWITCHBOARD'] as const

/** Numbers of the version in force, filtered by the URL. */
export function NumbersPage() {
  const { t, language } = useLanguage()
  const filters = useSearch({ from: '/numbers', select: readNumberFilters, structuralSharing: true })
  const navigate = useNavigate()
  const { version, error, retry } = useInForce()
  const drafts = $api.useQuery('get', '/api/description/drafts')
  const all = version ? numbersOf(version.document) : []
  const shown = filterNumbers(all, filters)
  const total = formatCount(all.length, language)
  const count =
    shown.length === all.length
      ? t('description.numbers.all', { count: all.length, total })
      : t('description.numbers.count', { shown: formatCount(shown.length, language), total })

  const announceNow = useEffectEvent(() => announce(shown.length === 0 ? t('description.numbers.none') : count))
  const isReady = version !== undefined
  useEffect(() => {
    if (isReady) announceNow()
  }, [isReady, shown.length])

  const set = (next: NumberFilters) =>
    void navigate({ to: '/numbers', search: readNumberFilters({ ...next }), replace: true })

  return (
    <Page
      title={t('shell.nav.numbers')}
      {...(version && { lead: t('description.numbers.lead', { version: version.version }) })}
      aside={
        drafts.data?.mayDraft && (
          <Link to="/numbers/import" className="button button-secondary">
            <FileUp aria-hidden="true" size={18} />
            {t('description.numbers.import')}
          </Link>
        )
      }
    >
      <div className="panel numbers-form" role="search" aria-label={t('description.numbers.form')}>
        <Field
          label={t('description.numbers.text')}
          value={filters.text ?? ''}
          onChange={(text) => set({ ...filters, text })}
          maxLength={100}
          autoComplete="off"
          spellCheck="false"
        />
        <Choice
          label={t('form.number.kind')}
          options={[
            { value: '', label: t('description.numbers.kind.any') },
            ...kinds.map((value) => ({ value, label: t(`contact.number-kind.${value}` as Word) })),
          ]}
          value={filters.kind ?? ''}
          onChange={(kind) => set({ ...filters, kind })}
        />
        <Button kind="secondary" onPress={() => set({})}>
          <X aria-hidden="true" size={18} />
          {t('contacts.search.clear')}
        </Button>
      </div>
      <section aria-labelledby="numbers-found" className="results-section">
        <div className="results-head">
          <h2 id="numbers-found">{t('description.numbers.found')}</h2>
          {shown.length > 0 && <p className="results-count">{count}</p>}
        </div>
        {error !== undefined && <Failure error={error} onAgain={retry} />}
        {!version && error === undefined && <Waiting lines={6} />}
        {version && shown.length === 0 && (
          <Notice kind="info" title={t('description.numbers.none')}>
            {t('description.numbers.none.hint')}
          </Notice>
        )}
        {shown.length > 0 && <NumberTable numbers={shown} />}
      </section>
    </Page>
  )
}
