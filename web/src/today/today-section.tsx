import { Link } from '@tanstack/react-router'
import { MonitorUp } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import { Waiting } from '../controls/waiting.tsx'
import { useLanguage } from '../language/use-words.ts'
import { TodayTables } from './today-tables.tsx'
import { useToday } from './use-today.ts'

/** The day's counts, below the calls in progress; pauses with them. */
export function TodaySection({ isPaused }: { isPaused: boolean }) {
  const { t } = useLanguage()
  const { today, pause } = useToday()
  // The page has one pause button for everything that moves (WCAG 2.2.2).
  const follow = useEffectEvent(() => pause(isPaused))
  useEffect(() => follow(), [isPaused])
  return (
    <section className="panel stack" aria-labelledby="today-title">
      <div className="today-head">
        <h2 id="today-title">{t('today.title')}</h2>
        <Link to="/wall" className="button button-secondary">
          <MonitorUp aria-hidden="true" size={18} />
          {t('today.wall')}
        </Link>
      </div>
      {today ? <TodayTables today={today} /> : <Waiting lines={3} />}
    </section>
  )
}
