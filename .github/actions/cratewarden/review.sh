#!/usr/bin/env bash
# Review REVIEW_PATH from REVIEW_BASE to REVIEW_HEAD with the `cratewarden` on PATH and report to the workflow.
set -euo pipefail

if [[ -z $REVIEW_BASE ]]; then
    echo "::error::There is no base to compare with. Run on pull_request or merge_group, or set the input 'base'."
    exit 2
fi
arguments=(review "$REVIEW_PATH" --base "$REVIEW_BASE" --head "$REVIEW_HEAD")
if [[ -n $REVIEW_POLICY ]]; then
    arguments+=(--policy "$REVIEW_POLICY")
fi

status=0
annotations=$(cratewarden "${arguments[@]}" --format github) || status=$?
printf '%s\n' "$annotations"
if ((status > 1)); then
    exit "$status"
fi
# A Python that cannot start exits with 1 as well; only a review has something to say.
if ((status == 1)) && [[ -z $annotations ]]; then
    exit 3
fi
if [[ -n $REVIEW_SARIF_FILE ]]; then
    cratewarden "${arguments[@]}" --format sarif >"$REVIEW_SARIF_FILE" || (($? == status))
fi

if ((status == 0)); then
    echo "result=clear" >>"$GITHUB_OUTPUT"
    exit 0
fi
echo "result=review-needed" >>"$GITHUB_OUTPUT"
[[ $REVIEW_HOLD != true ]]
