import { Link, useSearch } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { $api } from '../api/client.ts'
import { Notice } from '../controls/notice.tsx'
import { exactUrlMatch } from '../controls/exact-url-match.ts'
import { Loaded } from '../controls/loaded.tsx'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Page } from '../shell/page.tsx'
import { AlarmCard } from './alarm-card.tsx'
import { alarmStates, readAlarmState } from './watch-shapes.ts'

/** Alarms for the data protection officer, and the outcomes of earlier ones (R21). */
export function AlarmsPage() {
  const { t } = useLanguage()
  const { state = 'open' } = useSearch({ from: '/alarms', select: readAlarmState, structuralSharing: true })
  const query = $api.useQuery('get', '/api/alarms', { params: { query: { state } } }, { staleTime: 0 })
  const { data, refetch } = query
  const announceNow = useEffectEvent((count: number) => announce(t(`watch.alarms.told.${state}`, { count })))
  const shown = data?.items.length
  useEffect(() => {
    if (shown !== undefined) announceNow(shown)
  }, [shown, state])

  return (
    <Page title={t('shell.nav.alarms')} lead={t('watch.alarms.lead')}>
      <nav aria-label={t('watch.alarms.which')} className="switcher">
        <ul>
          {alarmStates.map((one) => (
            <li key={one}>
              <Link
                to="/alarms"
                search={one === 'open' ? {} : { state: one }}
                activeOptions={exactUrlMatch}
                aria-current={one === state ? 'true' : undefined}
              >
                {t(`watch.alarms.${one}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Loaded query={query} />
      {data?.items.length === 0 && <Notice kind="info">{t(`watch.alarms.none.${state}`)}</Notice>}
      {data?.items.map((alarm) => (
        <AlarmCard key={alarm.id} alarm={alarm} onChanged={() => void refetch()} />
      ))}
    </Page>
  )
}
