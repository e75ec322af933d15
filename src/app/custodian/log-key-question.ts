import { readLogKey } from '#safeguards/audit/log-key.ts'
import { writeVerifierKey } from '#safeguards/audit/note.ts'
import type { KeyStore } from '#safeguards/keys/key-store.ts'
import type { CustodianAnswers } from './custodian-server.ts'

/**
 * Returns the audit log's verifier key, by which the desk recognises proofs made by the custodian; undefined while the log has
 * no key.
 */
export function logKeyQuestion(keys: Pick<KeyStore, 'read'>): CustodianAnswers['questions'] {
  return {
    async '/log-key'() {
      const signer = await readLogKey(keys)
      return { key: signer && writeVerifierKey(signer) }
    },
  }
}
