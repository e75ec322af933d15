import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Notice } from '../controls/notice.tsx'
import { formatPosition, waitText } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'

/** Rate limit notice: how long to wait, why, and that others cannot block one's own browser. */
export function WaitNotice({ untilMs, onEnded }: { untilMs: number; onEnded: () => void }) {
  const { t } = useLanguage()
  const [leftMs, setLeft] = useState(() => untilMs - Date.now())
  const notice = useRef<HTMLDivElement>(null)
  const update = useEffectEvent(() => {
    const left = untilMs - Date.now()
    setLeft(left)
    if (left > 0) return
    announce(t('session.signin.wait.over'))
    // The notice disappears; the focus in it moves to where the next attempt starts.
    if (notice.current?.contains(document.activeElement))
      notice.current.parentElement?.querySelector<HTMLElement>('form input')?.focus()
    onEnded()
  })
  useEffect(() => {
    notice.current?.focus()
    const timer = window.setInterval(update, 1000)
    return () => window.clearInterval(timer)
  }, [untilMs])
  return (
    <div ref={notice} tabIndex={-1} role="alert" className="error-summary">
      <Notice kind="warning" title={t('session.signin.wait')}>
        <p>
          {t('session.signin.wait.left')}{' '}
          <strong className="running" aria-hidden="true">
            {formatPosition(roundUp(leftMs))}
          </strong>
          <span className="visually-hidden">{waitText(roundUp(untilMs - Date.now()), t)}</span>
        </p>
        <p>{t('session.signin.wait.why')}</p>
      </Notice>
    </div>
  )
}

/** Rounds up to whole seconds, so that the clock never shows zero early. */
function roundUp(ms: number): number {
  return Math.max(0, Math.ceil(ms / 1000) * 1000)
}
