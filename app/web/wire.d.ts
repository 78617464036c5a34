// What Python sends, written from its TypedDicts by `python -m app.components.wire`. Change those instead.

export interface BarsRow {
  height: number;
  title?: string;
  wide?: boolean;
  pick?: number | null;
  kind: "bars";
  axis: string;
  across: string;
  z: number;
  bin: number;
  first: number;
  selected: number | null;
}

export interface ConstantLevel {
  value: number;
}

export interface Headline {
  number: string;
  unit: string;
  status: string;
  milestone: string;
  action: string;
  answered: number;
}

export interface HeatmapRow {
  height: number;
  title?: string;
  wide?: boolean;
  pick?: number | null;
  axis: string;
  color: string;
  z: number;
  bin: number;
  span: number;
  neurons: number;
  selected?: number[];
  kind: "heatmap";
  range: [number, number];
}

export interface MapsRow {
  height: number;
  title?: string;
  wide?: boolean;
  pick?: number | null;
  kind: "maps";
  z: number;
  shape: [number, number, number];
  selected: number | null;
}

export interface RasterMarks {
  lines: number;
  times: number;
}

export interface RasterRow {
  height: number;
  title?: string;
  wide?: boolean;
  pick?: number | null;
  axis: string;
  color: string;
  z: number;
  bin: number;
  span: number;
  neurons: number;
  selected?: number[];
  kind: "raster";
  counts: number;
  other: string;
  marks?: RasterMarks;
  marks_one?: boolean;
}

export interface RowNotes {
  sentence: string;
  remedies: string[];
}

export interface Rows {
  steps: number;
  palette: Record<string, string>;
  groups: RowsGroup[];
  other: string;
  description: string;
  answered: number;
}

export interface RowsGroup {
  layer: string;
  title: string;
  words: string;
  rows: (RasterRow | TracesRow | HeatmapRow | BarsRow | WeightsRow | MapsRow)[];
  notes?: RowNotes;
  open?: boolean;
  heatmap?: boolean;
}

export interface TraceLine {
  u: number;
  v: number | null;
  neuron: number | null;
  color: string;
  dash: "solid" | "dash" | "dot" | "dashdot";
  width: number;
  opacity: number;
  name: string;
}

export interface TracesRow {
  height: number;
  title?: string;
  wide?: boolean;
  pick?: number | null;
  kind: "traces";
  axis: string;
  lines: TraceLine[];
  thresholds: (ConstantLevel | VaryingLevel)[];
  range: [number, number];
}

export interface VaryingLevel {
  values: number;
}

export interface WeightsRow {
  height: number;
  title?: string;
  wide?: boolean;
  pick?: number | null;
  kind: "weights";
  z: number;
  shape: number[];
}
