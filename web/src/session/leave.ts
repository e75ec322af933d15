import { createContext, use } from 'react'

/** Ends the session at this browser and says why; `elsewhere` where the server knows already. */
export type Leave = (why: 'ended' | 'signed-out', where?: 'here' | 'elsewhere') => void

export const LeaveContext = createContext<Leave | undefined>(undefined)

/** The way out of the session; only for pages of somebody who is signed in. */
export function useLeave(): Leave {
  const leave = use(LeaveContext)
  if (!leave) throw new Error('useLeave is called where nobody is signed in')
  return leave
}
