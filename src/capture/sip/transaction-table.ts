import {
  startInviteClientTransaction,
  type InviteClientTransaction,
  type InviteOutcome,
} from './invite-client-transaction.ts'
import { startInviteServerTransaction, type InviteServerTransaction } from './invite-server-transaction.ts'
import { startNonInviteClientTransaction, type NonInviteClientTransaction } from './non-invite-client-transaction.ts'
import { startNonInviteServerTransaction, type NonInviteServerTransaction } from './non-invite-server-transaction.ts'
import { tagOf } from './name-addr.ts'
import { mergeKey, transactionKey, type TransactionSetting } from './transaction.ts'
import type { SipRequest, SipResponse } from './message.ts'

type Setting = Omit<TransactionSetting, 'ended'>

/** Every active transaction, matched by the rules of RFC 3261 17.1.3 and 17.2.3. */
export interface TransactionTable {
  readonly size: number
  readonly clients: number
  find(request: SipRequest): InviteServerTransaction | NonInviteServerTransaction | undefined
  /** Returns the INVITE transaction to which an ACK or CANCEL belongs. */
  findInvite(request: SipRequest): InviteServerTransaction | undefined
  /** Returns true if the same request arrived by another path and its transaction is active (8.2.2.2). */
  isMerged(request: SipRequest): boolean
  startInvite(request: SipRequest, setting: Setting, trying: Buffer, lost: () => void): InviteServerTransaction
  startNonInvite(request: SipRequest, setting: Setting): NonInviteServerTransaction
  startClient(
    branch: string,
    setting: Setting,
    bytes: Buffer,
    answered: (status: number) => void,
  ): NonInviteClientTransaction
  startInviteClient(branch: string, setting: Setting, bytes: Buffer, outcome: InviteOutcome): InviteClientTransaction
  receiveResponse(response: SipResponse): boolean
  /** Ends all client transactions as failed, and stops all server transactions. */
  stop(): void
}

export function createTransactionTable(): TransactionTable {
  const invites = new Map<string, InviteServerTransaction>()
  const others = new Map<string, NonInviteServerTransaction>()
  const clients = new Map<string, NonInviteClientTransaction | InviteClientTransaction>()
  // Merged requests are detected only among requests without a To tag (RFC 3261 8.2.2.2).
  const merging = new Map<string, string>()

  const enter = <T>(table: Map<string, T>, request: SipRequest, start: (ended: () => void) => T): T => {
    const key = transactionKey(request)
    const merge = tagOf(request.to) === undefined ? `${request.method} ${mergeKey(request)}` : undefined
    if (merge !== undefined) merging.set(merge, key)
    const transaction = start(() => {
      table.delete(key)
      if (merge !== undefined) merging.delete(merge)
    })
    table.set(key, transaction)
    return transaction
  }

  const enterClient = <T extends NonInviteClientTransaction | InviteClientTransaction>(
    branch: string,
    start: (ended: () => void) => T,
  ): T => {
    const transaction = start(() => clients.delete(branch))
    if (transaction.state !== 'terminated') clients.set(branch, transaction)
    return transaction
  }

  return {
    get size() {
      return invites.size + others.size + clients.size
    },
    get clients() {
      return clients.size
    },
    find: (request) => invites.get(transactionKey(request)) ?? others.get(transactionKey(request)),
    findInvite: (request) => invites.get(transactionKey(request, 'INVITE')),
    isMerged: (request) => tagOf(request.to) === undefined && merging.has(`${request.method} ${mergeKey(request)}`),
    startInvite: (request, setting, trying, lost) =>
      enter(invites, request, (ended) => startInviteServerTransaction({ ...setting, ended }, trying, lost)),
    startNonInvite: (request, setting) =>
      enter(others, request, (ended) => startNonInviteServerTransaction({ ...setting, ended })),
    startClient: (branch, setting, bytes, answered) =>
      enterClient(branch, (ended) => startNonInviteClientTransaction({ ...setting, ended }, bytes, answered)),
    startInviteClient: (branch, setting, bytes, outcome) =>
      enterClient(branch, (ended) => startInviteClientTransaction({ ...setting, ended }, bytes, outcome)),
    receiveResponse(response) {
      const transaction = clients.get(response.via.parameters.get('branch') ?? '')
      transaction?.receiveResponse(response)
      return transaction !== undefined
    },
    stop() {
      for (const client of [...clients.values()]) client.transportFailed()
      invites.clear()
      others.clear()
      merging.clear()
    },
  }
}
