import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleX, Clock, Info } from 'lucide-react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { $api } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Loaded } from '../controls/loaded.tsx'
import { formatInstant } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { ResultBadge } from './log-list.tsx'
import type { LogEntryDetail, Proof } from './log-shapes.ts'
import { actionText, kindText, resultText, personText } from './log-words.ts'

/** One entry: its fields, and its inclusion proof. */
export function EntryDialog({ seq, onClose }: { seq: number | undefined; onClose: () => void }) {
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen={seq !== undefined}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      isDismissable
    >
      <Modal className="modal log-modal">
        <Dialog className="dialog-body stack">{seq !== undefined && <Entry seq={seq} onClose={onClose} />}</Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Entry({ seq, onClose }: { seq: number; onClose: () => void }) {
  const { t, language } = useLanguage()
  const query = $api.useQuery('get', '/api/log/entries/{seq}', {
    params: { path: { seq } },
  })
  return (
    <>
      <Heading slot="title" className="dialog-title">
        {t('log.entry', { seq: formatCount(seq, language) })}
      </Heading>
      <Loaded query={query}>
        {(data) => (
          <>
            <EntryFacts entry={data} onClose={onClose} />
            <ProofText proof={data.proof} />
          </>
        )}
      </Loaded>
      <div className="actions">
        <Button kind="primary" onPress={onClose} autoFocus>
          {t('shell.close')}
        </Button>
      </div>
    </>
  )
}

function EntryFacts({ entry, onClose }: { entry: LogEntryDetail; onClose: () => void }) {
  const { t, language } = useLanguage()
  const { why } = resultText(entry.result, t)
  const detail = Object.entries(entry.detail)
  return (
    <section aria-label={t('log.entry.facts')} className="stack-small">
      <dl className="facts log-facts">
        <Fact label={t('log.action')}>
          {actionText(entry.action, t)}
          <span className="second log-id">{entry.action}</span>
        </Fact>
        <Fact label={t('log.col.time')}>{formatInstant(entry.at, language, 'seconds')}</Fact>
        <Fact label={t('log.person')}>
          {personText(entry, t)}
          {entry.role && <span className="second">{t(`rights.role.${entry.role}` as Word)}</span>}
          {entry.person && <span className="second log-id">{entry.person.id}</span>}
        </Fact>
        <Fact label={t('log.result')}>
          <ResultBadge result={entry.result} />
          {why && <span className="second">{why}</span>}
        </Fact>
        {entry.object && (
          <Fact label={t('log.entry.object')}>
            {kindText(entry.object.kind, t)}
            {entry.object.name && <span className="second">{entry.object.name}</span>}
            {entry.object.id && <span className="second log-id">{entry.object.id}</span>}
          </Fact>
        )}
        {entry.purpose && (
          <Fact label={t('log.purpose')}>
            {t(`session.purpose.${entry.purpose}` as Word)}
            {entry.reference && <span className="second log-id">{entry.reference}</span>}
          </Fact>
        )}
        {entry.rightId && (
          <Fact label={t('log.entry.right')}>
            <span className="log-id">{entry.rightId}</span>
          </Fact>
        )}
      </dl>
      {detail.length > 0 && (
        <>
          <h3>{t('log.entry.detail')}</h3>
          <dl className="log-detail">
            {detail.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="log-id">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <ul className="plain-list log-more">
        {entry.person && (
          <li>
            <Link to="/log" search={{ person: entry.person.id }} onClick={onClose}>
              {t('log.entry.its')}
            </Link>
          </li>
        )}
        {entry.person && entry.rightId && (
          <li>
            <Link to="/rights/people/$id" params={{ id: entry.person.id }} onClick={onClose}>
              {t('log.entry.rights')}
            </Link>
          </li>
        )}
        {entry.object?.id && (
          <li>
            <Link to="/log" search={{ object: entry.object.id }} onClick={onClose}>
              {t('log.entry.same')}
            </Link>
          </li>
        )}
      </ul>
    </section>
  )
}

const notices = {
  proved: { kind: 'success', Icon: CircleCheck },
  pending: { kind: 'info', Icon: Clock },
  broken: { kind: 'error', Icon: CircleX },
  withheld: { kind: 'info', Icon: Info },
} as const

/** Inclusion proof in plain words, with its hashes. */
function ProofText({ proof }: { proof: Proof }) {
  const { t, language } = useLanguage()
  const { state, leaf, leafHash, path, checkpoint } = proof
  const { kind, Icon } = notices[state]
  return (
    <section aria-labelledby="log-proof" className="stack-small">
      <h3 id="log-proof">{t('log.proof')}</h3>
      <div className={`notice notice-${kind}`}>
        <Icon aria-hidden="true" size={22} />
        <div className="notice-words">
          <p>{t(`log.proof.${state}` as Word, { steps: path.length })}</p>
          {state === 'proved' && checkpoint && leaf !== undefined && (
            <p>
              {t('log.proof.place', {
                leaf: formatCount(leaf, language),
                origin: checkpoint.origin,
                time: formatInstant(checkpoint.at, language, 'seconds'),
                size: formatCount(checkpoint.size, language),
              })}{' '}
              {t('log.proof.means')}
            </p>
          )}
        </div>
      </div>
      {leafHash && checkpoint && (
        <details className="log-steps">
          <summary>{t('log.proof.steps')}</summary>
          <ol>
            <li>
              {t('log.proof.own')} <code>{leafHash}</code>
            </li>
            {path.map(({ side, hash }, step) => (
              <li key={step}>
                {t(side === 'left' ? 'log.proof.left' : 'log.proof.right')} <code>{hash}</code>
              </li>
            ))}
            <li>
              {t('log.proof.root')} <code>{checkpoint.root}</code>
            </li>
          </ol>
        </details>
      )}
    </section>
  )
}
