import { Navigate } from '@tanstack/react-router'

/** Page at the URL of the listening mode while none is open: redirects to the workstation's page, which starts it. */
export function NoRoom() {
  return <Navigate to="/workstation" replace />
}
