import { Link } from '@tanstack/react-router'
import { $api } from '../api/client.ts'
import { Notice } from '../controls/notice.tsx'
import { alarmText } from '../watch/alarm-words.ts'
import { useLanguage } from '../language/use-words.ts'

/** Start page section for persons who run the installation: the open standstill alarm. */
export function Standstill() {
  const { t, language } = useLanguage()
  const { data } = $api.useQuery('get', '/api/alarms', { params: { query: { state: 'open' } } }, { staleTime: 0 })
  const alarm = data?.items.find(({ kind }) => kind === 'standstill')
  if (!alarm) return null
  return (
    <Notice kind="error" title={t('watch.alarm.standstill.title')}>
      <p>{alarmText(alarm, t, language)}</p>
      <Link to="/capture/nodes">{t('watch.alarm.standstill.to')}</Link>
    </Notice>
  )
}
