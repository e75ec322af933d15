import { createContext, use } from 'react'

/** Why nobody is signed in any more: by itself, by a wish, or with the listening mode, noted as heard or not. */
export type Left = 'ended' | 'signed-out' | 'room-ended' | 'room-heard'

/** Ends the session at this browser and says why; `elsewhere` where the server knows already. */
export type Leave = (why: Left, where?: 'here' | 'elsewhere') => void

export const LeaveContext = createContext<Leave | undefined>(undefined)

/** The way out of the session; only for pages of somebody who is signed in. */
export function useLeave(): Leave {
  const leave = use(LeaveContext)
  if (!leave) throw new Error('useLeave is called where nobody is signed in')
  return leave
}
