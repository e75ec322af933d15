import { lazy, Suspense, useEffect, useEffectEvent, useRef, useState } from 'react'
import { queries } from '../api/client.ts'
import { lastUseMs, serverNowMs } from '../api/server-time.ts'
import type { Me } from '../api/shapes.ts'
import { waitText } from '../format/duration.ts'
import { useLanguage } from '../language/use-words.ts'
import { isSignedOut } from './sign-in-step.ts'
import { isLastEnd, isAnnounced, timeLeft } from './time-left.ts'

const TimeoutDialog = lazy(async () => ({ default: (await import('./timeout-dialog.tsx')).TimeoutDialog }))
const session = { queryKey: ['get', '/api/session'] }

/**
 * Warns two minutes before an idle session ends, and extends it on request (WCAG 2.2.1). Use in one tab extends it for all.
 * Also warns before the absolute end, which use does not move.
 */
export function SessionTimeout({ me, onEnded, onSignOut }: { me: Me; onEnded: () => void; onSignOut: () => void }) {
  const { t } = useLanguage()
  const [known, setKnown] = useState({ endsAt: me.sessionEndsAt, atMs: Date.now() })
  const [left, setLeft] = useState<{ ms: number; isLast: boolean }>()
  const [spoken, setSpoken] = useState('')
  const [lastEndMs, setLastEnd] = useState<number>()
  const [isAcknowledged, setIsAcknowledged] = useState(false)
  const isReading = useRef(false)
  if (known.endsAt !== me.sessionEndsAt) setKnown({ endsAt: me.sessionEndsAt, atMs: Date.now() })

  /** Reads the session, which counts as use. If the server does not answer at the end, the session ends in this browser. */
  const readSession = async (hasEnded: boolean) => {
    if (isReading.current) return
    isReading.current = true
    const before = { endsAtMs: Date.parse(me.sessionEndsAt) }
    await queries.refetchQueries(session)
    isReading.current = false
    const state = queries.getQueryState<Me>(session.queryKey)
    if (state?.status !== 'success') {
      if (hasEnded && !isSignedOut(state?.error)) onEnded()
      return
    }
    const endsAtMs = Date.parse(state.data?.sessionEndsAt ?? me.sessionEndsAt)
    setKnown({ endsAt: state.data?.sessionEndsAt ?? me.sessionEndsAt, atMs: Date.now() })
    if (isLastEnd(before, { endsAtMs, serverNowMs: serverNowMs() })) setLastEnd(endsAtMs)
  }
  const update = useEffectEvent(() => {
    const judged = timeLeft({
      endsAtMs: Date.parse(me.sessionEndsAt),
      receivedAtMs: known.atMs,
      lastUseMs: lastUseMs(),
      serverNowMs: serverNowMs(),
      lastEndMs,
    })
    if (judged.do === 'warn') {
      setLeft({ ms: judged.leftMs, isLast: judged.isLast })
      if (isAnnounced(judged.leftMs)) setSpoken(waitText(Math.ceil(judged.leftMs / 1000) * 1000, t))
      return
    }
    setLeft(undefined)
    setSpoken('')
    if (judged.do === 'ask') void readSession(Date.parse(me.sessionEndsAt) <= serverNowMs())
    else setIsAcknowledged(false)
  })
  useEffect(() => {
    const timer = window.setInterval(update, 1000)
    return () => window.clearInterval(timer)
  }, [])

  if (left === undefined || (left.isLast && isAcknowledged)) return null
  return (
    <Suspense>
      <TimeoutDialog
        leftMs={left.ms}
        isLast={left.isLast}
        spoken={spoken}
        onSignOut={onSignOut}
        onContinue={() => {
          if (left.isLast) return setIsAcknowledged(true)
          setLeft(undefined)
          void readSession(false)
        }}
      />
    </Suspense>
  )
}
