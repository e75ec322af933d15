import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Notice } from '../controls/notice.tsx'
import { formatPosition, sayWait } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'

/** Too many attempts: how long is still to wait, why, and that others cannot stop one at one's own browser. */
export function WaitNotice({ untilMs, onOver }: { untilMs: number; onOver: () => void }) {
  const { say } = useLanguage()
  const [leftMs, setLeft] = useState(() => untilMs - Date.now())
  const notice = useRef<HTMLDivElement>(null)
  const look = useEffectEvent(() => {
    const left = untilMs - Date.now()
    setLeft(left)
    if (left > 0) return
    announce(say('session.signin.wait.over'))
    // The notice goes; who stood in it goes on where the next attempt begins.
    if (notice.current?.contains(document.activeElement))
      notice.current.parentElement?.querySelector<HTMLElement>('form input')?.focus()
    onOver()
  })
  useEffect(() => {
    notice.current?.focus()
    const timer = window.setInterval(look, 1000)
    return () => window.clearInterval(timer)
  }, [untilMs])
  return (
    <div ref={notice} tabIndex={-1} role="alert" className="error-summary">
      <Notice kind="warning" title={say('session.signin.wait')}>
        <p>
          {say('session.signin.wait.left')}{' '}
          <strong className="running" aria-hidden="true">
            {formatPosition(roundUp(leftMs))}
          </strong>
          <span className="visually-hidden">{sayWait(roundUp(untilMs - Date.now()), say)}</span>
        </p>
        <p>{say('session.signin.wait.why')}</p>
      </Notice>
    </div>
  )
}

/** Whole seconds, so that the clock never says that there is no time left while there is. */
function roundUp(ms: number): number {
  return Math.max(0, Math.ceil(ms / 1000) * 1000)
}
