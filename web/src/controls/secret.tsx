import { Copy } from 'lucide-react'
import { useId } from 'react'
import { useLanguage } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { Button } from './button.tsx'

/** Secret shown only once, with a copy button. */
export function Secret({ label, value, copied }: { label: string; value: string; copied: string }) {
  const { t } = useLanguage()
  const id = useId()
  const copy = () =>
    void navigator.clipboard.writeText(value).then(
      () => announce(copied),
      () => announce(t('acts.copies.copied.not')),
    )
  return (
    <div className="stack-small" role="group" aria-labelledby={id}>
      <p id={id} className="label">
        {label}
      </p>
      <p>
        <code className="copy-secret">{value}</code>
      </p>
      <div className="actions">
        <Button kind="secondary" onPress={copy} aria-label={t('acts.copies.copy', { what: label })}>
          <Copy aria-hidden="true" size={18} />
          {t('acts.copies.copy.short')}
        </Button>
      </div>
    </div>
  )
}
