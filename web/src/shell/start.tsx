import { Navigate } from '@tanstack/react-router'
import { usePurposeState } from '../session/purpose.tsx'

/** Where somebody begins: at the search, or where no purpose is theirs at the description. */
export function Start() {
  const { choices } = usePurposeState()
  return <Navigate to={choices.length > 0 ? '/contacts' : '/description'} replace />
}
