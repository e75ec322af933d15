import { Link, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { $api } from '../api/client.ts'
import { Notice } from '../controls/notice.tsx'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { Loaded } from '../controls/loaded.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Only } from '../shell/only.tsx'
import { Page } from '../shell/page.tsx'
import { HoldCard } from './hold-card.tsx'
import { knowsHolds, readHoldState } from './retention-shapes.ts'

/** Säilyttämismääräykset, for persons bound to secrecy about them; others get "not found". */
export function HoldsPage() {
  return (
    <Only who={knowsHolds}>
      <Holds />
    </Only>
  )
}

function Holds() {
  const { t } = useLanguage()
  const { state = 'in-force' } = useSearch({ from: '/retention/holds', select: readHoldState, structuralSharing: true })
  const query = $api.useQuery('get', '/api/holds', { params: { query: { state } } }, { staleTime: 0 })
  const { data, refetch } = query
  const shown = data?.items.length
  const announceNow = useEffectEvent((count: number) => announce(t(`retention.holds.told.${state}`, { count })))
  useEffect(() => {
    if (shown !== undefined) announceNow(shown)
  }, [shown, state])
  return (
    <Page title={t('retention.holds.title')} lead={t('retention.holds.lead')}>
      <Notice kind="warning">{t('retention.holds.secrecy')}</Notice>
      <nav aria-label={t('retention.holds.which')} className="switcher">
        <ul>
          {(['in-force', 'ended'] as const).map((one) => (
            <li key={one}>
              <Link
                to="/retention/holds"
                search={one === 'ended' ? { state: one } : {}}
                activeOptions={exactUrlMatch}
                aria-current={one === state ? 'true' : undefined}
              >
                {t(`retention.holds.${one}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Loaded query={query} />
      {data?.items.length === 0 && <Notice kind="info">{t(`retention.holds.none.${state}`)}</Notice>}
      {data?.items.map((hold) => (
        <HoldCard key={hold.id} hold={hold} onChanged={() => void refetch()} />
      ))}
    </Page>
  )
}
