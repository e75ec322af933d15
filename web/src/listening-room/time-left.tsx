import { Clock } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { serverNowMs } from '../api/server-time.ts'
import { formatTime } from '../format/instant.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { isSoonOver, isAnnounced, minutesLeft } from './room-facts.ts'

/** Returns the minutes left until an instant; 0 while the instant is unknown. */
export function useMinutesLeft(until: string | undefined): number {
  const [nowMs, setNow] = useState(serverNowMs)
  useEffect(() => {
    const timer = window.setInterval(() => setNow(serverNowMs()), 1000)
    return () => window.clearInterval(timer)
  }, [])
  return until === undefined ? 0 : minutesLeft(until, nowMs)
}

/** Remaining time; some of its minutes are announced to screen readers. */
export function TimeLeft({ minutes, until }: { minutes: number; until: string }) {
  const { t, language } = useLanguage()
  const before = useRef(minutes)
  const left = t('listening-room.left', { count: minutes })
  const announceNow = useEffectEvent(() => announce(left))
  useEffect(() => {
    if (isAnnounced(before.current, minutes)) announceNow()
    before.current = minutes
  }, [minutes])
  return (
    <p className={`room-left ${isSoonOver(minutes) ? 'is-soon' : ''}`}>
      <Clock aria-hidden="true" size={28} />
      <span>
        {left} {t('listening-room.until', { time: formatTime(until, language) })}
      </span>
    </p>
  )
}
