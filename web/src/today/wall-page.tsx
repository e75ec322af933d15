import { Link } from '@tanstack/react-router'
import { Maximize, Pause, Play, Wifi, WifiOff, X } from 'lucide-react'
import { useEffect } from 'react'
import { queries } from '../api/client.ts'
import { Button } from '../controls/button.tsx'
import { Notice } from '../controls/notice.tsx'
import { Waiting } from '../controls/waiting.tsx'
import { formatTime } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { TodayTables } from './today-tables.tsx'
import { totalOf, unansweredOf } from './day-counts.ts'
import { useToday } from './use-today.ts'

/** A visible display counts as use: its session lasts until the absolute end. */
const sessionRefreshMs = 10 * 60_000

/** Wall display of the day's counts, readable from five metres, without persons. */
export function WallPage() {
  const { t, language } = useLanguage()
  const { today, connection, isPaused, pause } = useToday()
  useEffect(() => {
    document.title = `${t('today.wall.title')} – Seloste`
  }, [t])
  useEffect(() => {
    const timer = window.setInterval(
      () => void queries.refetchQueries({ queryKey: ['get', '/api/session'] }),
      sessionRefreshMs,
    )
    return () => window.clearInterval(timer)
  }, [])
  const all = today && totalOf(today)
  const Icon = connection === 'lost' ? WifiOff : Wifi
  return (
    <div className="wall">
      <div className="wall-head">
        <h1 tabIndex={-1}>{t('today.wall.title')}</h1>
        <p className={`connection connection-${connection}`}>
          <Icon aria-hidden="true" size={24} />
          {t(`live.connection.${connection}` as Word)}
          {today && <span>{t('live.at', { time: formatTime(today.at, language, 'seconds') })}</span>}
        </p>
        <div className="actions">
          <Button onPress={() => pause(!isPaused)}>
            {isPaused ? <Play aria-hidden="true" size={18} /> : <Pause aria-hidden="true" size={18} />}
            {t(isPaused ? 'live.resume' : 'live.pause')}
          </Button>
          {document.fullscreenEnabled && (
            <Button onPress={() => void document.documentElement.requestFullscreen().catch(() => undefined)}>
              <Maximize aria-hidden="true" size={18} />
              {t('today.wall.full')}
            </Button>
          )}
          <Link to="/calls" className="button button-secondary">
            <X aria-hidden="true" size={18} />
            {t('today.wall.leave')}
          </Link>
        </div>
      </div>
      {isPaused && <Notice kind="info">{t('live.paused')}</Notice>}
      {connection === 'lost' && <Notice kind="warning">{t('live.lost')}</Notice>}
      {!all && connection !== 'lost' && <Waiting lines={6} />}
      {all && (
        <>
          <h2 className="visually-hidden">{t('today.wall.all')}</h2>
          <dl className="wall-figures">
            {(
              [
                ['talking', all.talking],
                ['waiting', all.waiting],
                ['calls', all.calls],
                ['unanswered', unansweredOf(all)],
              ] as const
            ).map(([name, count]) => (
              <div key={name} className={name === 'waiting' && count > 0 ? 'wall-figure is-pressing' : 'wall-figure'}>
                <dt>{t(`today.${name}`)}</dt>
                <dd>{formatCount(count, language)}</dd>
              </div>
            ))}
          </dl>
          <TodayTables today={today} />
        </>
      )}
    </div>
  )
}
