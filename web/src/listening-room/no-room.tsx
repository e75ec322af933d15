import { Navigate } from '@tanstack/react-router'

/** Address of the listening mode when none is open: links to the workstation's page, where it starts. */
export function NoRoom() {
  return <Navigate to="/workstation" replace />
}
