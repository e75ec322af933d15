import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { auditExport, auditKey, auditResume } from './audit-export-and-resume.ts'
import { auditVerify } from './audit-verify.ts'

/** `audit verify`, `export`, `key`, `resume`. */
export async function audit(settings: Settings, args: string[]): Promise<void> {
  const [action, ...rest] = args
  switch (action) {
    case 'verify':
      return auditVerify(settings, rest)
    case 'export':
      return auditExport(settings, rest)
    case 'key':
      return auditKey(settings)
    case 'resume':
      return auditResume(settings, rest)
    default:
      throw new Fault('argument-wrong', `unknown command "audit ${action ?? ''}"; see "seloste help"`)
  }
}
