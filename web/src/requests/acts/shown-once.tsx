import { useEffect, useId } from 'react'
import { Button } from '../../controls/button.tsx'
import { focusHeading } from '../../controls/focus-heading.ts'
import { Secret } from '../../controls/secret.tsx'
import { formatInstant } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'

export interface MadeCopy {
  link: string
  passphrase?: string
  expiresAt: string
}

/** Link and passphrase of a new copy, shown only once. */
export function ShownOnce({ made, onClose }: { made: MadeCopy; onClose: () => void }) {
  const { t, language } = useLanguage()
  const title = useId()
  useEffect(() => focusHeading(title), [made, title])
  const link = new URL(made.link, window.location.origin).href
  return (
    <section className="notice notice-warning" aria-labelledby={title}>
      <div className="notice-words stack-small">
        <h4 id={title} tabIndex={-1} className="notice-title">
          {t('acts.copies.once')}
        </h4>
        <p>{t(made.passphrase ? 'acts.copies.once.what' : 'acts.copies.once.what.key')}</p>
        <Secret label={t('acts.copies.link')} value={link} copied={t('acts.copies.link.copied')} />
        {made.passphrase && (
          <Secret
            label={t('acts.copies.passphrase')}
            value={made.passphrase}
            copied={t('acts.copies.passphrase.copied')}
          />
        )}
        <p>{t('acts.copies.once.until', { time: formatInstant(made.expiresAt, language) })}</p>
        <div className="actions">
          <Button kind="secondary" onPress={onClose}>
            {t('acts.copies.once.close')}
          </Button>
        </div>
      </div>
    </section>
  )
}
