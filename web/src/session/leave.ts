import { createContext, use } from 'react'

/** Why the session ended: at its timeout, by sign-out, or with the listening mode, recorded as listened to or not. */
export type SessionEndReason = 'ended' | 'signed-out' | 'room-ended' | 'room-heard'

/** Ends the session in this browser with a reason; `elsewhere` if the server has ended it already. */
export type Leave = (reason: SessionEndReason, location?: 'here' | 'elsewhere') => void

export const LeaveContext = createContext<Leave | undefined>(undefined)

/** Returns the function that ends the session; only for pages of a signed-in person. */
export function useLeave(): Leave {
  const leave = use(LeaveContext)
  if (!leave) throw new Error('useLeave is called where nobody is signed in')
  return leave
}
