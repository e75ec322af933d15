import { readLogKey } from '#safeguards/audit/log-key.ts'
import { writeVerifierKey } from '#safeguards/audit/note.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import type { CustodianHandlers } from './custodian-server.ts'

/**
 * Handles the request for the audit log's verifier key, with which the desk verifies the custodian's signed proofs. Answers
 * undefined while the log has no key.
 */
export function logKeyHandler(keys: Pick<KeyStore, 'read'>): CustodianHandlers['jsonHandlers'] {
  return {
    async '/log-key'() {
      const signer = await readLogKey(keys)
      return { key: signer && writeVerifierKey(signer) }
    },
  }
}
