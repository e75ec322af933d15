import { Navigate } from '@tanstack/react-router'

/** Page at the URL of the listening mode while no listening mode is open: links to the workstation's page, which starts it. */
export function NoRoom() {
  return <Navigate to="/workstation" replace />
}
