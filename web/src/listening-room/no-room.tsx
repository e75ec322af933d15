import { Navigate } from '@tanstack/react-router'

/** The address of the listening mode where nobody is in it: it begins at the workstation's page. */
export function NoRoom() {
  return <Navigate to="/workstation" replace />
}
