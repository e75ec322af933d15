/** Types for the used part of the package, which has none. */
declare module '@echogarden/espeak-ng-emscripten' {
  /** Loads eSpeak NG with all voices; 22,050 Hz. */
  export default function load(options: { print: (line: string) => void; printErr: (line: string) => void }): Promise<{
    eSpeakNGWorker: new () => Synthesiser
    FS: { analyzePath: (path: string) => { exists: boolean } }
  }>

  export interface Synthesiser {
    samplerate: number
    /** Also 0 if the variant after the plus sign does not exist. */
    set_voice: (name: string, language: string) => number
    /** Words per minute, 80 to 450. */
    set_rate: (rate: number) => void
    /** 0 to 99, 50 is the voice's own. */
    set_pitch: (pitch: number) => void
    set_range: (range: number) => void
    /** Reads SSML. Continues while the callback returns false. */
    synthesize: (text: string, onAudio: (samples: Int16Array) => boolean) => void
  }
}
