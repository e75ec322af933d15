import type { ReactNode } from 'react'
import { usePresence } from '../session/use-presence.ts'
import { NotFound } from '../shell/not-found.tsx'
import { trains } from './training-shapes.ts'

/** Shows a page of training to those who train; for anybody else there is no such page. */
export function TrainingGate({ children }: { children: ReactNode }) {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return trains(presence.me) ? children : <NotFound />
}
