import { formatEndpoint } from '#platform/config/addresses.ts'
import type { Settings } from '#platform/config/settings.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { makeFirstLinks } from '#safeguards/sign-in/links.ts'
import type { FirstRole } from '#safeguards/sign-in/sign-in-tables.ts'

const first: Record<FirstRole, string> = {
  ADMINISTRATOR: 'the first administrator, who adds people',
  ACCESS_APPROVER: 'the first approver of access rights, another person',
}

/** Returns the URL of a one-time link. */
export function linkAddress({ publicUrl, http }: Settings, token: string): string {
  return `${publicUrl ?? `http://${formatEndpoint(http)}`}/welcome#${token}`
}

/**
 * Creates a one-time link for each of the two first roles that nobody holds. New links are created at each start until they are
 * used (R20: no account exists before a natural person names themselves).
 * @returns lines for the operator; empty if both roles are held
 */
export async function firstLinks(settings: Settings, adminUrl: string): Promise<string[]> {
  const { db, close } = connectDatabase<RegisterTables>({
    url: adminUrl,
    applicationName: 'seloste-first-links',
    size: 1,
    onIdleError: () => undefined,
  })
  try {
    const links = await makeFirstLinks(db)
    if (links.length === 0) return []
    return [
      'Nobody has the roles that a new installation needs. Each link works once, within 24 hours; a restart, or "seloste people first", creates new ones.',
      ...links.map(({ role, token }) => `  For ${first[role]}:\n    ${linkAddress(settings, token)}`),
    ]
  } finally {
    await close()
  }
}
