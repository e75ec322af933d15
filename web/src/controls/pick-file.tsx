import { FileUp } from 'lucide-react'
import { FileTrigger } from 'react-aria-components'
import { Button } from './button.tsx'

/** Picks one file and shows its name beside the button. */
export function PickFile({
  label,
  accept,
  name,
  none,
  isBusy = false,
  onPick,
}: {
  label: string
  /** Extensions and media types: `.csv`, `text/csv`. */
  accept: string[]
  /** Name of the picked file. */
  name: string | undefined
  /** Text while no file is picked. */
  none: string
  isBusy?: boolean
  onPick: (file: File) => void
}) {
  return (
    <div className="actions">
      <FileTrigger
        acceptedFileTypes={accept}
        onSelect={(files) => {
          const file = files?.[0]
          if (file) onPick(file)
        }}
      >
        <Button kind="secondary" isBusy={isBusy}>
          <FileUp aria-hidden="true" size={18} />
          {label}
        </Button>
      </FileTrigger>
      <span className={name ? 'file-name' : 'muted'}>{name ?? none}</span>
    </div>
  )
}
