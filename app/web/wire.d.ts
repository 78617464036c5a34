// What Python sends, written from its TypedDicts by `python -m app.components.wire`. Change those instead.

export interface BesideNeuron {
  label: string;
  changes: Record<string, unknown>;
}

export interface ChoiceControl {
  label: string;
  symbol: string;
  unit: string;
  note: string;
  tries: ValueToTry[];
  widget: "choice" | "radios";
  chosen: number;
  options: ControlOption[];
  path?: string;
}

export interface ControlOption {
  label: string;
  act: EditAct | LookAct;
}

export interface Decays {
  taus: number[];
  alphas: number[];
}

export interface EditAct {
  do: "edit";
  changes: Record<string, unknown>;
}

export interface EquationLine {
  symbols: string;
  pieces: [string, string][];
}

export interface Headline {
  number: string;
  unit: string;
  status: string;
  milestone: string;
  action: string;
  answered: number;
}

export interface InputFields {
  kind: string;
  shape: [number, number, number];
}

export interface LookAct {
  do: "look";
  beside: string;
}

export interface NeuronData {
  kind: string;
  models: Record<string, NeuronNumbers>;
  decays: Decays;
  input: InputFields;
  dt: number;
  least_span: number;
  z: number;
  draws: number | null;
  record: RecordPlaces;
  pinned: PinnedNeuron | null;
  notes: NeuronNotes;
  description: string;
  keys: string;
  rows: (SliderControl | SwitchControl | ChoiceControl)[];
  equation: EquationLine[];
  palette: Record<string, string>;
  look: NeuronLook;
  beside: BesideNeuron | null;
  answered: number;
}

export interface NeuronLook {
  panel: string;
  beside: string;
  neuron: number;
}

export interface NeuronNotes {
  sentence: string;
  remedies: string[];
}

export interface NeuronNumbers {
  kind: string;
  tau_mem: number | null;
  tau_syn: number | null;
  tau_adapt: number | null;
  spike_threshold: number | null;
  adapt_scale: number | null;
  min_v_mem: number | null;
  norm_input: boolean;
  spike_fn: SpikeFunction | null;
  reset_fn: ResetFunction | null;
}

export interface NeuronWithDecays {
  kind: string;
  tau_mem: number | null;
  tau_syn: number | null;
  tau_adapt: number | null;
  spike_threshold: number | null;
  adapt_scale: number | null;
  min_v_mem: number | null;
  norm_input: boolean;
  spike_fn: SpikeFunction | null;
  reset_fn: ResetFunction | null;
  decays: Decays;
}

export interface PinnedNeuron {
  neuron: NeuronWithDecays;
  z: number;
  steps: number;
  words: string;
}

export interface RecordPlaces {
  u: number;
  v: number;
  i?: number;
  s?: number;
  theta?: number;
}

export interface ResetFunction {
  kind: string;
  subtract_value?: number | null;
  reset_value?: number | null;
}

export interface SliderControl {
  label: string;
  symbol: string;
  unit: string;
  note: string;
  tries: ValueToTry[];
  widget: "slider";
  path: string;
  low: number;
  high: number;
  step: number;
  least: number;
  most: number;
  isWhole: boolean;
  needs: string;
  whenOn?: number;
}

export interface SpikeFunction {
  kind: string;
  max_num_spikes_per_bin?: number | null;
}

export interface SwitchControl {
  label: string;
  symbol: string;
  unit: string;
  note: string;
  tries: ValueToTry[];
  widget: "switch";
  path: string;
}

export interface ValueToTry {
  words: string;
  value: unknown;
}
