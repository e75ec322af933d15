import { useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { $api } from '../api/client.ts'
import { refusalKey } from '../api/refusal.ts'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { RadioCards } from '../controls/radio-cards.tsx'
import { SubmitForm } from '../controls/submit-form.tsx'
import { useTries } from '../controls/use-tries.ts'
import { useLanguage } from '../language/use-words.ts'
import { isLikelyRecipient } from '../requests/acts/acts-shapes.ts'
import type { BegunPackage } from './disclosure-shapes.ts'

export type DisclosureRef = { kind: 'research' | 'authority'; id: string }
type Method = 'KEY' | 'PASSPHRASE'
type Delivery = 'LINK' | 'MEDIUM'
/** Package whose making has begun, with the secrets that are shown once. */
export interface BegunRelease extends BegunPackage {
  delivery: Delivery
}

/** Chooses encryption and channel of the package. Only what was decided can be released. */
export function ReleaseDialog({
  disclosureRef,
  hasKey,
  isOpen,
  onBegun,
  onClose,
}: {
  disclosureRef: DisclosureRef
  /** The institute has a registered key. */
  hasKey: boolean
  isOpen: boolean
  onBegun: (begun: BegunRelease) => void
  onClose: () => void
}) {
  const { t } = useLanguage()
  return (
    <ModalOverlay className="modal-overlay" isOpen={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Modal className="modal">
        <Dialog className="dialog-body stack">
          <Heading slot="title" className="dialog-title">
            {t('disclosures.release.title')}
          </Heading>
          <ReleaseForm disclosureRef={disclosureRef} hasKey={hasKey} onBegun={onBegun} onClose={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function ReleaseForm({
  disclosureRef,
  hasKey,
  onBegun,
  onClose,
}: {
  disclosureRef: DisclosureRef
  hasKey: boolean
  onBegun: (begun: BegunRelease) => void
  onClose: () => void
}) {
  const { t } = useLanguage()
  const toInstitute = $api.useMutation('post', '/api/research-disclosures/{id}/packages')
  const toAuthority = $api.useMutation('post', '/api/authority-disclosures/{id}/packages')
  const requested = disclosureRef.kind === 'research' ? toInstitute : toAuthority
  const [method, setMethod] = useState<Method>(hasKey ? 'KEY' : 'PASSPHRASE')
  const [delivery, setDelivery] = useState<Delivery>('LINK')
  const [recipient, setRecipient] = useState('')
  const { form, isTried, tried } = useTries()
  const needsRecipient = disclosureRef.kind === 'authority' && method === 'KEY'
  const isRecipientRefused = needsRecipient && refusalKey(requested.error) === 'package.recipient'
  const isKeyWrong = needsRecipient && !isLikelyRecipient(recipient)
  const release = async () => {
    if (isKeyWrong) return tried()
    const request = {
      params: { path: { id: disclosureRef.id } },
      body: { method, delivery, ...(needsRecipient && { recipient: recipient.trim() }) },
    }
    const begun = await requested.mutateAsync(request).catch(() => undefined)
    if (!begun) return tried()
    onBegun({ ...begun, delivery })
  }
  return (
    <SubmitForm ref={form} className="stack" isBusy={requested.isPending} onSubmit={release}>
      <p>{t(`disclosures.release.what.${disclosureRef.kind}`)}</p>
      <RadioCards
        label={t('disclosures.release.method')}
        options={[
          // An institute without a key offers none; an authority's key is entered here.
          ...(disclosureRef.kind === 'authority' || hasKey
            ? [
                {
                  value: 'KEY',
                  label: t('disclosures.release.method.KEY'),
                  detail: t(`disclosures.release.method.KEY.${disclosureRef.kind}`),
                },
              ]
            : []),
          {
            value: 'PASSPHRASE',
            label: t('disclosures.release.method.PASSPHRASE'),
            detail: t('disclosures.release.method.PASSPHRASE.what'),
          },
        ]}
        value={method}
        onChange={(value) => {
          requested.reset()
          setMethod(value as Method)
        }}
      />
      {needsRecipient && (
        <Field
          label={t('disclosures.release.recipient')}
          hint={t('disclosures.release.recipient.hint')}
          error={
            isTried && (isKeyWrong || isRecipientRefused)
              ? t(isRecipientRefused ? 'error.package.recipient' : 'error.institute.recipient')
              : undefined
          }
          value={recipient}
          onChange={(value) => {
            requested.reset()
            setRecipient(value)
          }}
          maxLength={80}
          spellCheck="false"
          autoCapitalize="none"
          autoComplete="off"
        />
      )}
      <RadioCards
        label={t('disclosures.release.delivery')}
        options={(['LINK', 'MEDIUM'] as const).map((value) => ({
          value,
          label: t(`disclosures.release.delivery.${value}`),
          detail: t(`disclosures.release.delivery.${value}.what`),
        }))}
        value={delivery}
        onChange={(value) => setDelivery(value as Delivery)}
      />
      {requested.error != null && !isRecipientRefused && <Failure error={requested.error} />}
      <div className="actions">
        <Button type="submit" kind="primary" isBusy={requested.isPending}>
          {t('disclosures.release.do')}
        </Button>
        <Button kind="secondary" onPress={onClose}>
          {t('shell.cancel')}
        </Button>
      </div>
    </SubmitForm>
  )
}
