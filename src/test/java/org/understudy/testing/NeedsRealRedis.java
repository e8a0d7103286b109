package org.understudy.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Reports a test, or all of a class, as skipped where {@link RealRedis} is not installed; in CI it fails instead. (An
 * assumption in a {@code @BeforeAll} method would leave no trace in the report of a build.)
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRealRedis.Condition.class)
public @interface NeedsRealRedis {
  /** Skips or fails. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String missing = RealRedis.missing();
      if (missing == null) return ConditionEvaluationResult.enabled("redis-server is installed");
      if (RealRedis.inCi()) throw new AssertionError(missing);
      return ConditionEvaluationResult.disabled(missing);
    }
  }
}
