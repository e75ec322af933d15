import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useRef } from 'react'
import { $api } from '../api/client.ts'
import type { UnderPurpose } from '../api/shapes.ts'
import { Loaded } from '../controls/loaded.tsx'
import { Notice } from '../controls/notice.tsx'
import { PeriodForm } from '../controls/period-form.tsx'
import { zone } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { PurposeForm } from '../session/purpose-form.tsx'
import { usePurposeState } from '../session/purpose.tsx'
import { announce } from '../shell/announce.tsx'
import { daysOf, readPeriod, type Rule } from './filters.ts'
import { SharesTable } from './shares-table.tsx'

/** Planned and actual shares within the viewer's scope in a period (R15). Counts of calls require a purpose. */
export function SharesSection({ rules }: { rules: readonly Rule[] }) {
  const { t } = useLanguage()
  const { choices, chosen } = usePurposeState()
  const heading = useRef<HTMLHeadingElement>(null)
  return (
    <section aria-labelledby="plan-shares" className="plan-section">
      <h2 id="plan-shares" ref={heading} tabIndex={-1}>
        {t('plan.shares')}
      </h2>
      <p className="plan-explained">{t('plan.shares.what')}</p>
      {choices.length === 0 && <Notice kind="info">{t('plan.shares.no-rights')}</Notice>}
      {choices.length > 0 && !chosen && (
        <div className="panel stack">
          <p>{t('plan.shares.purpose')}</p>
          <PurposeForm onChosen={() => heading.current?.focus()} />
        </div>
      )}
      {chosen && <SharesUnder key={`${chosen.purpose} ${chosen.reference ?? ''}`} under={chosen} rules={rules} />}
    </section>
  )
}

function SharesUnder({ under, rules }: { under: UnderPurpose; rules: readonly Rule[] }) {
  const { t } = useLanguage()
  const navigate = useNavigate()
  const period = useSearch({ from: '/plan', select: readPeriod, structuralSharing: true })
  const { start, end } = daysOf(period)
  const from = start.toDate(zone).toISOString()
  const to = end.add({ days: 1 }).toDate(zone).toISOString()
  const query = $api.useQuery('get', '/api/shares', { params: { query: { ...under, from, to } } })
  const { data: shares, isFetching } = query
  const announceNow = useEffectEvent(() => {
    const answered = shares?.byNumber.reduce((sum, one) => sum + one.answered, 0) ?? 0
    announce(t('plan.shares.counted', { count: answered }))
  })
  const isCounted = shares !== undefined && !isFetching
  useEffect(() => {
    if (isCounted) announceNow()
  }, [isCounted, from, to])
  const withQuota = rules.filter((rule) => rule.quota)
  const quotaNumbers = new Set(withQuota.flatMap((rule) => rule.numbers.map((one) => one.number)))
  return (
    <div className="stack" aria-busy={isFetching}>
      <PeriodForm
        label={t('plan.period')}
        days={{ start, end }}
        presets={[7, 30, 90]}
        presetLabel={(count) => t('plan.period.days', { count })}
        problemOf={(days) => (days.end.compare(days.start) < 0 ? t('contacts.search.days.wrong') : undefined)}
        onShow={(days) => {
          const search = days ? { from: days.start.toString(), to: days.end.toString() } : {}
          void navigate({ to: '/plan', search, replace: true, resetScroll: false })
        }}
      />
      <Loaded query={query} />
      {shares && (
        <>
          <SharesTable
            title={t('plan.shares.byNumber')}
            firstHeading={t('contacts.field.number')}
            rows={shares.byNumber.map((share) => ({
              share,
              key: share.number,
              title: share.display,
              isNumber: true,
              more: share.name,
              hasQuota: quotaNumbers.has(share.number),
            }))}
          />
          <SharesTable
            title={t('plan.shares.byOfficial')}
            firstHeading={t('contacts.field.official')}
            rows={shares.byOfficial.map((share) => ({
              share,
              key: share.personId,
              title: share.name,
              isNumber: false,
              more: share.unit,
              hasQuota: withQuota.length > 0,
            }))}
          />
        </>
      )}
    </div>
  )
}
