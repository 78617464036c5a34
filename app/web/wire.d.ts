// What Python sends and what it is told, written from its TypedDicts by `make types`. Change those instead.

export interface AskAct {
  do: "ask";
  layer: number;
  row: number;
  time: number;
}

export interface BackAct {
  do: "back";
}

export interface BarsRow {
  height: number;
  weight?: number;
  title?: string;
  narrow?: number;
  pick?: number | null;
  appears?: "forward" | "back";
  kind: "bars";
  axis: string;
  across: string;
  z: number;
  bin: number;
  first: number;
  selected: number | null;
  largest?: number;
}

export interface BesideNeuron {
  label: string;
  changes: Record<string, unknown>;
}

export interface CellNumbers {
  neuron: number;
  step: number;
  value: number;
  terms: number[];
  slope: number;
  next: number | null;
  is_held: boolean;
  flow: FlowNumbers;
}

export interface Chain {
  layer: string;
  terms: ChainTerm[];
  held?: HeldNumbers;
}

export interface ChainTerm {
  name: string;
  over: "slope" | "next" | "";
  symbols: string;
  second: string;
  instead: string;
}

export interface ChainWords {
  ask: string;
  quantity: string;
  cell: string;
  held: string;
  flow: FlowWords;
  faded: number;
  grown: number;
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

export interface ChooseAct {
  do: "choose";
  kind: string;
}

export interface Connection {
  page: string;
  drawn: number;
  answered: number;
}

export interface ConstantLevel {
  value: number;
}

export interface ControlOption {
  label: string;
  act: EditAct | LookAct;
}

export interface Controls {
  label: string;
  rows: (NumberControl | SwitchControl | ChoiceControl | TextControl)[];
  values: Record<string, unknown>;
  answered: number;
}

export interface ConversionAction {
  label: string;
  do: "weights" | "stop" | "start again";
}

export interface ConversionButtonAct {
  do: "close" | "weights" | "stop" | "start again";
}

export interface ConversionComparison {
  samples: number;
  steps: number;
  asked: number;
  artificial: number;
  accuracies: number;
  agreements: number;
  layers: ConversionLayer[];
  cost: ConversionCost;
}

export interface ConversionCost {
  spikes: number;
  synops: number;
  multiplyAdds: number;
  firstMultiplyAdds: number;
  energyMultiplyAdd: number;
  energySynop: number;
}

export interface ConversionData {
  news: ConversionNews;
  epochs: number;
  most: number;
  trains: boolean;
  comparison: ConversionComparison | null;
  pinned: number | null;
  neuron: ConversionNeuron | null;
  palette: Palette;
  answered: number;
}

export interface ConversionFinding {
  kind: "silent" | "slow" | "saturated" | "clipped" | "reset" | "start" | "too few steps";
  words: string;
  remedy: string;
}

export interface ConversionLayer {
  title: string;
  place: number;
  spikes: boolean;
  activations: number;
  sums: number;
  neurons: number;
  samples: number;
  correlations: number;
  most: number;
  least: number;
}

export interface ConversionNeuron {
  title: string;
  place: number;
  neuron: number;
  sample: number;
  activation: number;
  threshold: number;
  z: number;
  u: number;
  v: number;
  s: number;
}

export interface ConversionNews {
  status: string;
  alert: string;
  findings: ConversionFinding[];
  mended: string;
  weights: string;
  actions: ConversionAction[];
}

export interface Decays {
  taus: number[];
  alphas: number[];
}

export interface DecisionMapData {
  side: number;
  classes: MapClass[];
  largest: number;
  timing: string;
  steps: number;
  hidden: HiddenMaps[];
  picked: number | null;
  is_moving: boolean;
  palette: Palette;
  description: string;
  answered: number;
}

export interface DrawAct {
  do: "draw";
  ink: string;
}

export interface DrawingPad {
  image: string;
  names: string[];
  readouts: number[];
  answer: number | null;
  says: string;
  description: string;
  drawn: string;
  base: string;
  baseNumber: number;
  palette: PadPalette;
  answered: number;
}

export interface DrawnTheme {
  theme: "light" | "dark";
  answered: number;
}

export interface EditAct {
  do: "edit";
  changes: Record<string, unknown>;
}

export interface EquationLine {
  symbols: string;
  pieces: [string, string][];
}

export interface FlowNumbers {
  ended_by: "cut" | "faded" | "grown" | "start";
  step: number;
  left: number;
  factor: number;
  last: number;
}

export interface FlowWords {
  none: string;
  at_once: string;
  cut: string;
  faded: string;
  grown: string;
  start: string;
}

export interface Gallery {
  label: string;
  tiles: GalleryTile[];
  chosen: string;
  palette: GalleryPalette;
  answered: number;
}

export interface GalleryPalette {
  input: string;
  muted: string;
  grid: string;
}

export interface GalleryPicture {
  drawing: "raster" | "line" | "pixels";
  shape: number[];
  levels: string;
  zero: number;
}

export interface GalleryTile {
  kind: string;
  name: string;
  picture: GalleryPicture | null;
}

export interface Glossary {
  pattern: string;
  terms: Term[];
  ofThisRun: Record<string, string>;
}

export interface GuessAct {
  do: "guess";
  x: number;
}

export interface Headline {
  number: string;
  unit: string;
  status: string;
  more: string;
  milestone: string;
  actions: string[];
  parts: Part[];
  origin: string;
  answered: number;
}

export interface HeatmapPart {
  name: string;
  z: number;
}

export interface HeatmapRow {
  height: number;
  weight?: number;
  title?: string;
  narrow?: number;
  pick?: number | null;
  appears?: "forward" | "back";
  axis: string;
  z: number;
  bin: number;
  span: number;
  neurons: number;
  selected?: number[];
  kind: "heatmap";
  color: "potential" | "input" | "difference";
  range: [number, number];
  diverges: boolean;
  theta?: number;
  spikes?: number;
  quantity?: string;
  parts?: HeatmapPart[];
  chain?: Chain;
  asks?: number;
  extremes?: boolean;
}

export interface HeldNumbers {
  terms: number[];
  slope: number;
  factor: number;
  is_held: number;
}

export interface HiddenMaps {
  layer: number;
  name: string;
  neurons: number;
  drawn: number;
  side: number;
  most: number;
  sent: number[];
}

export interface InputFields {
  kind: string;
  shape: [number, number, number];
}

export interface LookAct {
  do: "look";
  beside: string;
}

export interface Looks {
  address: string | null;
  interval: number;
  answered: number;
}

export interface MapClass {
  name: string;
  color: string;
}

export interface MapsRow {
  height: number;
  weight?: number;
  title?: string;
  narrow?: number;
  pick?: number | null;
  appears?: "forward" | "back";
  kind: "maps";
  z: number;
  spikes: boolean;
  shape: [number, number, number];
  selected: number | null;
}

export interface MarkAct {
  do: "mark";
  neuron: number;
  time: number;
}

export interface MendConversionAct {
  do: "mend";
  kind: string;
}

export interface MendLayerAct {
  do: "remedy";
  layer: number;
}

export interface MendNeuronAct {
  do: "remedy";
  remedy: number;
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
  rows: (NumberControl | SwitchControl | ChoiceControl)[];
  equation: EquationLine[];
  palette: Palette;
  look: NeuronLook;
  beside: BesideNeuron | null;
  answered: number;
}

export interface NeuronLook {
  panel: string;
  beside: string;
  neuron: number;
}

export interface NeuronLookAct {
  do: "look";
  panel?: string;
  beside?: string;
  neuron?: number;
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
  initial_v_mem: number | null;
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
  initial_v_mem: number | null;
  norm_input: boolean;
  spike_fn: SpikeFunction | null;
  reset_fn: ResetFunction | null;
  decays: Decays;
}

export interface NumberControl {
  label: string;
  symbol: string;
  unit: string;
  note: string;
  tries: ValueToTry[];
  widget: "number";
  path: string;
  low?: number;
  high?: number;
  step?: number;
  isLog?: boolean;
  least: number | null;
  most: number | null;
  above?: number;
  isWhole: boolean;
  isList?: boolean;
  became?: string;
  needs: string;
  whenOn?: number;
}

export interface PadPalette {
  text: string;
  muted: string;
  output: string;
}

export interface Palette {
  background: string;
  text: string;
  muted: string;
  grid: string;
  input: string;
  quiet_input: string;
  synaptic_current: string;
  membrane: string;
  spikes: string;
  threshold: string;
  target: string;
  compared: string;
  negative: string;
  positive: string;
}

export interface Part {
  label: string;
  row: string;
}

export interface PickHiddenAct {
  do: "neuron";
  layer: number;
  neuron: number;
}

export interface PickNeuronAct {
  do: "pick";
  layer: number;
  neuron: number;
  add: boolean;
}

export interface PickRowAct {
  do: "pick";
  layer: number;
  row: number;
  add: boolean;
}

export interface PickSampleAct {
  do: "pick";
  sample: number;
}

export interface PickUnitAct {
  do: "pick";
  place: number;
  neuron: number;
  sample: number;
}

export interface PinnedNeuron {
  neuron: NeuronWithDecays;
  z: number;
  steps: number;
  words: string;
}

export interface PlotLayout {
  traces: number;
  layout: Record<string, unknown>[];
  narrow: Record<string, unknown>[] | null;
}

export interface Plots {
  traces: Record<string, unknown>[];
  layouts: PlotLayout[];
  descriptions: string[];
  plotly: string;
  grows: boolean;
  scrubs: boolean;
  guesses: boolean;
  scrubbed: number | null;
  answered: number;
}

export interface PressAct {
  do: "press";
  label: string;
}

export interface RasterMarks {
  lines: number;
  times: number;
}

export interface RasterRow {
  height: number;
  weight?: number;
  title?: string;
  narrow?: number;
  pick?: number | null;
  appears?: "forward" | "back";
  axis: string;
  z: number;
  bin: number;
  span: number;
  neurons: number;
  selected?: number[];
  kind: "raster";
  color: "spikes" | "target" | "membrane" | "compared" | "quiet_input" | "input" | "muted" | "synaptic_current";
  counts: number;
  other: string;
  marks?: RasterMarks;
  marks_one?: boolean;
  asks?: number;
}

export interface RecordPlaces {
  u: number;
  v: number;
  i?: number;
  s?: number;
  theta?: number;
}

export interface RedrawAct {
  do: "draw";
}

export interface RemedyAct {
  do: "remedy";
  layer: number;
  remedy: number;
}

export interface ResetFunction {
  kind: string;
  subtract_value?: number | null;
  reset_value?: number | null;
}

export interface Ribbon {
  stages: Stage[];
  selected: number | null;
  batch: number;
  steps: number;
  folded: boolean;
  answered: number;
}

export interface RowLinks {
  row: number;
  lines: number;
  times: number;
  values: number;
  chosen: number;
  to_row: number;
  to_time: number;
  to_value: number;
}

export interface RowNotes {
  sentence: string;
  remedies: string[];
}

export interface Rows {
  steps: number;
  dt: number;
  palette: Palette;
  groups: RowsGroup[];
  other: string;
  links?: RowLinks[];
  cell?: RowsCell;
  explains?: ChainWords;
  back?: boolean;
  plays?: number;
  description: string;
  answered: number;
}

export interface RowsCell {
  row: number;
  line: number;
  time: number;
  numbers?: CellNumbers;
}

export interface RowsGroup {
  layer: string;
  title: string;
  words: string;
  rows: (RasterRow | TracesRow | HeatmapRow | BarsRow | WeightsRow | MapsRow)[];
  notes?: RowNotes;
  open?: boolean;
  heatmap?: boolean;
  outside?: "" | "above" | "below";
}

export interface ScrubAct {
  do: "scrub";
  x: number | null;
}

export interface SelectLayerAct {
  do: "select";
  layer: number | null;
}

export interface SentHead {
  view: string;
  number: number;
  isOffered: boolean;
  base: number | null;
  parts: (0 | [number, number, number])[];
}

export interface Shortcuts {
  buttons: Record<string, string>;
}

export interface SpikeFunction {
  kind: string;
  max_num_spikes_per_bin?: number | null;
}

export interface Stage {
  name: string;
  shape: string | null;
  layer: number | null;
  folded: boolean;
  problem: string | null;
  remedy: string | null;
}

export interface StepsAct {
  do: "steps";
  steps: number;
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

export interface TakeAct {
  do: "take";
}

export interface Term {
  word: string;
  explanation: string;
}

export interface TextControl {
  label: string;
  symbol: string;
  unit: string;
  note: string;
  tries: ValueToTry[];
  widget: "text";
  path: string;
  placeholder: string;
}

export interface ToggleAct {
  do: "toggle";
  layer: number;
  what: "open" | "heatmap";
}

export interface TraceLine {
  u: number;
  v: number | null;
  neuron: number | null;
  color: "spikes" | "target" | "membrane" | "compared" | "quiet_input" | "input" | "muted" | "synaptic_current";
  dash: "solid" | "dash" | "dot" | "dashdot";
  width: number;
  opacity: number;
  name: string;
}

export interface TracesRow {
  height: number;
  weight?: number;
  title?: string;
  narrow?: number;
  pick?: number | null;
  appears?: "forward" | "back";
  kind: "traces";
  axis: string;
  lines: TraceLine[];
  thresholds: (ConstantLevel | VaryingLevel)[];
  range: [number, number];
  asks?: number;
}

export interface Undo {
  answered: number;
}

export interface UnpinAct {
  do: "unpin";
}

export interface ValueToTry {
  words: string;
  value: unknown;
}

export interface VaryingLevel {
  values: number;
}

export interface WalkAct {
  do: "undo" | "redo";
}

export interface Wall {
  title: string;
  description: string;
  names: string[];
  size: [number, number] | null;
  picked: number | null;
  palette: Palette;
  answered: number;
}

export interface WeightsRow {
  height: number;
  weight?: number;
  title?: string;
  narrow?: number;
  pick?: number | null;
  appears?: "forward" | "back";
  kind: "weights";
  across: string;
  z: number;
  shape: number[];
}

export interface Inputs {
  step_current: {
    shape: number[];
    neurons: number | null;
    kind: "step_current";
    amplitude: number;
    start: number;
    stop: number | null;
  };
  ramp_current: {
    shape: number[];
    kind: "ramp_current";
    first: number;
    last: number;
  };
  sine_current: {
    shape: number[];
    kind: "sine_current";
    amplitude: number;
    period: number;
    offset: number;
  };
  spike_bursts: {
    shape: number[];
    weight: number;
    neurons: number | null;
    kind: "spike_bursts";
    period: number;
    length: number;
    first: number;
    count: number | null;
    period_step: number;
  };
  random_spikes: {
    shape: number[];
    weight: number;
    kind: "random_spikes";
    probability: number;
  };
  poisson_spikes: {
    shape: number[];
    weight: number;
    kind: "poisson_spikes";
    rate: number;
  };
  drawn: {
    shape: number[];
    weight: number;
    kind: "drawn";
    values: number[];
  };
  file: {
    shape: number[];
    weight: number;
    kind: "file";
    name: string;
    digest: string;
    holds: "events" | "counts" | "currents" | null;
  };
}

export type ConversionAct = StepsAct | PickUnitAct | MendConversionAct | ConversionButtonAct;
export type MapAct = PickSampleAct | PickHiddenAct;
export type NeuronAct = EditAct | NeuronLookAct | MendNeuronAct | UnpinAct;
export type PadAct = DrawAct | TakeAct;
export type PlotAct = ScrubAct | GuessAct;
export type RibbonAct = SelectLayerAct | MendLayerAct;
export type RowsAct = PickRowAct | PickNeuronAct | AskAct | BackAct | MarkAct | ToggleAct | RemedyAct;
