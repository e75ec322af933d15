import { useState } from 'react'
import { $api } from '../api/client.ts'
import { serverNowMs } from '../api/server-time.ts'
import { Choice } from '../controls/choice.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { WideTable } from '../controls/wide-table.tsx'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { evaluates, lastQuarters, type GroupResult } from './quality-shapes.ts'
import { percentOf } from './score-badge.tsx'

/** Tulokset: by unit and number, only for large enough groups; never by person (R6). */
export function ResultsPage() {
  return (
    <Only who={evaluates}>
      <Results />
    </Only>
  )
}

function Results() {
  const { t } = useLanguage()
  const [quarters] = useState(() => lastQuarters(serverNowMs()))
  const [quarter, setQuarter] = useState(quarters[0]!)
  const query = $api.useQuery('get', '/api/quality/results/{quarter}', {
    params: { path: { quarter } },
  })
  const { data } = query
  const quarterText = (written: string) => {
    const [year, number] = written.split('-Q') as [string, string]
    return t('quality.quarter', { year, number })
  }
  return (
    <Page
      title={t('quality.results')}
      lead={t('quality.results.lead')}
      crumbs={[{ label: t('quality.title'), to: '/quality' }]}
    >
      <Choice
        className="quality-quarter"
        label={t('quality.results.quarter')}
        options={quarters.map((value) => ({ value, label: quarterText(value) }))}
        value={quarter}
        onChange={setQuarter}
      />
      <div role="status" className="visually-hidden">
        {data && t('quality.results.count', { count: data.items.length })}
      </div>
      <Loaded query={query} lines={4} />
      {data?.items.length === 0 && <p className="muted">{t('quality.results.none')}</p>}
      {data && data.items.length > 0 && (
        <WideTable aria-label={t('quality.results')}>
          <Table items={data.items} />
        </WideTable>
      )}
    </Page>
  )
}

function Table({ items }: { items: readonly GroupResult[] }) {
  const { t, locale } = useLanguage()
  return (
    <table className="table">
      <caption className="visually-hidden">{t('quality.results')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('quality.unit')}</th>
          <th scope="col">{t('contacts.field.number')}</th>
          <th scope="col">{t('quality.form')}</th>
          <th scope="col" className="numeric">
            {t('quality.results.evaluations')}
          </th>
          <th scope="col" className="numeric">
            {t('quality.results.mean')}
          </th>
          <th scope="col" className="numeric">
            {t('quality.results.failed')}
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((one) => (
          <tr key={`${one.unitName} ${one.number} ${one.formName} ${one.formVersion}`}>
            <th scope="row">{one.unitName}</th>
            <td className="number">{formatPhone(one.number)}</td>
            <td>
              <span lang={one.formLanguage}>{one.formName}</span>
              <span className="second">{t('quality.version', { version: one.formVersion })}</span>
            </td>
            {one.isEnough ? (
              <>
                <td className="numeric">{one.evaluations}</td>
                <td className="numeric">
                  {one.mean == null ? t('quality.score.none') : percentOf(one.mean, locale)}
                  {one.sections?.map(({ title, mean }) => (
                    <span key={title} className="second">
                      <span lang={one.formLanguage}>{title}</span> {percentOf(mean, locale)}
                    </span>
                  ))}
                </td>
                <td className="numeric">{percentOf(one.failedShare ?? 0, locale)}</td>
              </>
            ) : (
              <td colSpan={3} className="muted">
                {t('quality.results.few')}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
