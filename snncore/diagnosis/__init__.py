"""Why a layer is silent or a training gets nowhere, and what mends it, as data."""
