import type { ReactNode } from 'react'
import { usePresence } from '../session/use-presence.ts'
import { NotFound } from '../shell/not-found.tsx'
import { trains } from './training-shapes.ts'

/** Renders a training page for trainers; others get "not found". */
export function TrainingGate({ children }: { children: ReactNode }) {
  const presence = usePresence()
  if (presence.state !== 'signed-in') return null
  return trains(presence.me) ? children : <NotFound />
}
